/** What a script adds to the check page; without it the forms work all the same. */
import { grouped, printedIn, verdictOf } from "./address";
import { offerDropping } from "./dropping";
import { element } from "./page";
import { offerScanning } from "./scanning";

const id = element<HTMLInputElement>("id");
const code = element<HTMLInputElement>("code");

code.addEventListener("input", () => {
  if (code.selectionStart === code.value.length) code.value = grouped(code.value);
});
id.addEventListener("paste", (event) => {
  const printed = printedIn(event.clipboardData?.getData("text") ?? "", location.origin);
  if (printed === null) return;
  event.preventDefault();
  location.assign(verdictOf(printed, document.documentElement.lang));
});
offerScanning();
offerDropping();
