/** A wedge scanner anywhere on the page: what it typed into a field is taken back out of it. */
import { onBeforeUnmount, onMounted } from "vue";
import { Wedge } from "@/device/wedge";

/** From this many fast keys on it is no person who types. */
const SURE = 4;

export function useWedge(scanned: (text: string) => void): void {
  const wedge = new Wedge();
  let field: { readonly element: HTMLInputElement; readonly value: string } | null = null;

  function take(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const element = event.target instanceof HTMLInputElement ? event.target : null;
    const text = wedge.take({ key: event.key, at: event.timeStamp });
    if (wedge.held === 1) field = element === null ? null : { element, value: element.value };
    const swallowed = text !== null || (wedge.held >= SURE && element === null);
    if (swallowed) {
      event.preventDefault(); // an Enter or a space would press the button that has the focus
      event.stopPropagation();
    }
    if (text === null) return;
    putBack(field);
    field = null;
    scanned(text);
  }

  onMounted(() => document.addEventListener("keydown", take, true));
  onBeforeUnmount(() => document.removeEventListener("keydown", take, true));
}

function putBack(field: { readonly element: HTMLInputElement; readonly value: string } | null): void {
  if (field === null) return;
  field.element.value = field.value;
  field.element.dispatchEvent(new Event("input", { bubbles: true }));
}
