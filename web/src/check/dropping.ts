/** A file dropped anywhere on the page is checked; one that cannot be ours is not sent. */
import { element, say } from "./page";

const LARGEST = 5_000_000;

export function offerDropping(): void {
  const input = element<HTMLInputElement>("pdf");
  element("pdf-drop").hidden = false;
  input.addEventListener("change", () => void fits(input.files?.[0]));
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) document.body.classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("dropping");
    const files = event.dataTransfer?.files;
    if (files === undefined || files.length === 0) return;
    if (!fits(files[0])) return;
    input.files = files;
    input.form?.requestSubmit();
  });
}

function fits(file: File | undefined): boolean {
  if (file === undefined) return false;
  const pdf = file.type === "application/pdf" || file.name.toLowerCase().endsWith(".pdf");
  const words = !pdf ? "other" : file.size > LARGEST ? "large" : "checking";
  say("pdf-told", words);
  return words === "checking";
}
