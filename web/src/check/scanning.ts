/** Looks through the camera for the QR of a certificate. The pictures stay in this page. */
import { printedIn, verdictOf } from "./address";
import { element, say } from "./page";

const EVERY_MS = 150;

export function offerScanning(): void {
  if (!("mediaDevices" in navigator)) return;
  element("scan").hidden = false;
  element<HTMLButtonElement>("scan-begin").addEventListener("click", () => void scan());
}

async function scan(): Promise<void> {
  const begin = element<HTMLButtonElement>("scan-begin");
  const view = element<HTMLVideoElement>("scan-view");
  begin.disabled = true;
  say("scan-told", "opening");
  let stream: MediaStream | null = null;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    view.srcObject = stream;
    view.hidden = false;
    await view.play();
    say("scan-told", "looking");
    location.assign(await found(view));
  } catch (failure) {
    say("scan-told", reasonOf(failure));
    begin.disabled = false;
  } finally {
    for (const track of stream?.getTracks() ?? []) track.stop();
    view.hidden = true;
  }
}

/** The address of the verdict on the first certificate that is seen. */
async function found(view: HTMLVideoElement): Promise<string> {
  const { codeReader } = await import("@/device/codes");
  const read = await codeReader(["qr_code"]);
  for (;;) {
    const codes = view.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA ? await read(view) : [];
    const printed = codes.map((text) => printedIn(text, location.origin)).find((one) => one !== null);
    if (printed) return verdictOf(printed, document.documentElement.lang);
    if (codes.length > 0) say("scan-told", "foreign");
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}

function reasonOf(failure: unknown): string {
  const name = failure instanceof DOMException ? failure.name : "";
  if (name === "NotAllowedError") return "denied";
  return name === "NotFoundError" || name === "NotReadableError" ? "absent" : "failed";
}
