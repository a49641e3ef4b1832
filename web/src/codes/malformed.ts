/** Not a code, or a damaged one. It says no more: what is read comes from strangers. */
export class Malformed extends Error {
  override readonly name = "Malformed";
}
