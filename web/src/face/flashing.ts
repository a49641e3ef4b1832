/** The times of the pictures of light, whatever shows them. */

/** Three flashes a second are the limit for people whom flashes make ill (WCAG 2.3.1). */
export const SHORTEST_MS = 334;

/** Whether what the server asks to show is slow enough to be shown to anybody. */
export function isSafe(segmentMs: number): boolean {
  return segmentMs >= SHORTEST_MS;
}

/** Which picture is shown so long after the first appeared; the last one stays. */
export function placeAt(passed: number, segmentMs: number, count: number): number {
  return Math.min(count - 1, Math.max(0, Math.floor(passed / segmentMs)));
}
