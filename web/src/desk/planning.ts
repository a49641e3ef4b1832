/** Sessions to be, made of sessions that are there: no I/O. */
import type { HalfDay, PoolRecord, SessionRecord, WindowRecord } from "@/api/desk";

const NOON = "12:00";
const EVENING = "18:00";
const MOST_ID = 64;

export interface Another {
  readonly id: string;
  readonly practitioner: string;
  readonly day: string;
  /** Local times: 08:00. */
  readonly starts: string;
  readonly ends: string;
  readonly pools: readonly PoolRecord[];
}

export function halfDayOf(starts: string): HalfDay {
  if (starts < NOON) return "morning";
  return starts < EVENING ? "afternoon" : "evening";
}

/** Another session like one: its time is divided evenly, and it opens by the hospital's rule. */
export function another(like: SessionRecord, wish: Another): SessionRecord {
  const { windows: _windows, opens_at: _opens, ...rest } = like;
  const pools = wish.pools.map(({ channel, size }) => ({ channel, size }));
  return { ...rest, ...wish, pools, half_day: halfDayOf(wish.starts), published: true };
}

/** A session with more places of a channel; where each number has a window, they get the last one. */
export function extended(record: SessionRecord, channel: string, places: number): SessionRecord {
  const there = record.pools.some((pool) => pool.channel === channel);
  const grown = record.pools.map((pool) => (pool.channel === channel ? { ...pool, size: pool.size + places } : pool));
  const pools = there ? grown : [...grown, { channel, size: places }];
  const last = record.windows?.at(-1);
  if (record.windows === undefined || last === undefined) return { ...record, pools };
  const added: WindowRecord[] = Array.from({ length: places }, () => ({ ...last, channel }));
  return { ...record, pools, windows: [...record.windows, ...added] };
}

/** An id of the hospital's own kind for a session added by hand: told apart by `mark`. */
export function idFor(like: string, day: string, mark: string): string {
  const tail = `-${day.replaceAll("-", "")}-${mark}`;
  const head = like.replace(/[^A-Za-z0-9._:-]/gu, "").slice(0, MOST_ID - tail.length);
  return `${/^[A-Za-z0-9]/u.test(head) ? head : "S"}${tail}`.slice(0, MOST_ID);
}

/** Whether two local times make a session. */
export function lasts(starts: string, ends: string): boolean {
  return /^\d\d:\d\d$/u.test(starts) && /^\d\d:\d\d$/u.test(ends) && starts < ends;
}
