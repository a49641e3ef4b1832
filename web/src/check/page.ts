/** The page as the server wrote it: its words are in it, in the language it was asked for. */

export function element<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`no #${id}`);
  return found as T;
}

/** Put one of a place's own words into it: `data-<words>`. */
export function say(place: string, words: string): void {
  const told = element(place);
  told.textContent = told.dataset[words] ?? "";
}
