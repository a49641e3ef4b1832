/** The picture of an address: QR code, level M, with its quiet zone (ISO/IEC 18004). */
import qrcode from "qrcode-generator";

const QUIET = 4;

export interface Picture {
  /** Modules a side, quiet zone included. */
  readonly side: number;
  /** The dark modules, as the path of an SVG of that side. */
  readonly path: string;
}

export function linkPicture(address: string): Picture {
  const code = qrcode(0, "M");
  code.addData(address, "Byte");
  code.make();
  const count = code.getModuleCount();
  let path = "";
  for (let row = 0; row < count; row += 1) {
    for (let column = 0; column < count; column += 1) {
      if (code.isDark(row, column)) path += `M${column + QUIET} ${row + QUIET}h1v1h-1z`;
    }
  }
  return { side: count + 2 * QUIET, path };
}
