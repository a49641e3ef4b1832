/** The picture of an offline code: QR, alphanumeric, level M. */
import qrcode from "qrcode-generator";

const QUIET = 4;
/** Beyond it a till's scanner is not promised to read. */
const MOST_MODULES = 17 + 4 * 13;

/** An SVG document; one path, dark on white, with its quiet zone. */
export function qrSvg(text: string): string {
  const code = qrcode(0, "M");
  code.addData(text, "Alphanumeric");
  code.make();
  const count = code.getModuleCount();
  if (count > MOST_MODULES) throw new RangeError("larger than a scanner is promised");
  let path = "";
  for (let row = 0; row < count; row += 1) {
    for (let column = 0; column < count; column += 1) {
      if (code.isDark(row, column)) path += `M${column + QUIET} ${row + QUIET}h1v1h-1z`;
    }
  }
  const side = count + 2 * QUIET;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" width="${8 * side}" ` +
    `height="${8 * side}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${side}v${side}H0z"/>` +
    `<path d="${path}"/></svg>`
  );
}

/** What an <img> shows; scripts and styles of a picture do nothing there. */
export function pictureAddress(svg: string): string {
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
