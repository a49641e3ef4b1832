/** Files handed to the browser: to be kept, or shown in a tab of their own. */
const LATER_MS = 60_000;

export function saved(bytes: Uint8Array, type: string, name: string): void {
  const link = document.createElement("a");
  link.href = addressOf(bytes, type);
  link.download = name;
  link.click();
}

export interface Tab {
  /** Shows a file; where the browser let no tab be opened, it is kept instead. */
  show(bytes: Uint8Array, type: string, name: string): void;
  close(): void;
}

/** To be called in the person's own click. */
export function openTab(): Tab {
  const opened = window.open("", "_blank");
  if (opened !== null) opened.opener = null;
  return {
    show(bytes, type, name) {
      if (opened === null || opened.closed) saved(bytes, type, name);
      else opened.location.replace(addressOf(bytes, type));
    },
    close: () => opened?.close(),
  };
}

function addressOf(bytes: Uint8Array, type: string): string {
  const address = URL.createObjectURL(new Blob([bytes as BlobPart], { type }));
  setTimeout(() => URL.revokeObjectURL(address), LATER_MS);
  return address;
}
