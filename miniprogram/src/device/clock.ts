/** Milliseconds that never go back. The platform has the time of day only, which may be set meanwhile. */
let lost = 0;
let last = 0;

export function now(): number {
  const told = Date.now() + lost;
  if (told < last) lost += last - told;
  last = Math.max(told, last);
  return last;
}

export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
