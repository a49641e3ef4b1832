/**
 * A write whose answer may be lost, and that must take effect once; as `sandbox/terminal/once.py`.
 *
 * 1. It is in the book before it is sent.
 * 2. A refusal that names its cause is final: the system answers the same message so for ever. 401,
 *    403, 429, 5xx and BALANCE_MOVED say nothing final; 401 is answered by logging in.
 * 3. After anything that is no answer, ask by `msgid` before anything else. COMMITTED and PENDING are
 *    the answer; NEVER_SEEN allows the same message, never one of another name.
 * 4. Where no answer is to be had, the write stays open: neither done nor undone.
 */
import { Unreachable } from "@/api/ports";
import { Problem } from "@/api/problem";
import type { GivenBack, Settlement, TillApi } from "@/api/till";
import { entryOf, type Book, type Write } from "./book";

const TRIES = 4;
const MOST_WAIT_S = 10;
const VOIDED = "CASH_NOT_PAID";

export interface Done {
  readonly write: Write;
  /** HELD until the customer has paid the cash part at the provider. */
  readonly status: "COMMITTED" | "HELD";
  readonly reply: Settlement | GivenBack;
}

/** Nobody knows yet what became of a write. It stays in the book. */
export class StillOpen extends Error {
  override readonly name = "StillOpen";
  readonly write: Write;

  constructor(write: Write) {
    super(write.msgid);
    this.write = write;
  }
}

/** A refusal that says so of this write. */
class Final extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.code);
    this.problem = problem;
  }
}

export interface Means {
  readonly api: Pick<TillApi, "send" | "message" | "settlement">;
  readonly book: Book;
  /** Drops the token, so that the next call logs in anew. */
  readonly logInAnew: () => Promise<void>;
  /** Seconds. */
  readonly sleep: (seconds: number) => Promise<void>;
}

export class Once {
  readonly #means: Means;

  constructor(means: Means) {
    this.#means = means;
  }

  /** Sends a new write. Throws `Problem`: it has no effect; `StillOpen`: nobody knows. */
  async do(write: Write): Promise<Done> {
    await this.#means.book.begin(write); // 1
    return this.#pursue(write, false);
  }

  /** Goes on with a write of the book, whatever stopped it; otherwise as `do`. */
  resume(write: Write): Promise<Done> {
    return this.#pursue(write, true);
  }

  async #pursue(write: Write, ask: boolean): Promise<Done> {
    let [doubt, wait, told] = [ask, 0, null as Problem | null];
    for (let tried = 0; tried < TRIES; tried += 1) {
      await this.#means.sleep(Math.min(wait, MOST_WAIT_S));
      try {
        return await this.#tried(write, doubt);
      } catch (failure) {
        if (failure instanceof Final) {
          await this.#means.book.end(write.msgid); // 2
          throw failure.problem;
        }
        if (failure instanceof Problem) {
          told = failure;
          doubt ||= failure.status >= 500;
          wait = failure.retryAfter ?? (failure.status === 401 ? 0 : 2 * wait || 0.5);
          if (failure.status === 401) await this.#means.logInAnew();
        } else if (isLost(failure)) {
          [doubt, wait] = [true, 2 * wait || 0.5]; // 3
        } else {
          throw failure;
        }
      }
    }
    if (told === null || doubt) throw new StillOpen(write); // 4
    await this.#means.book.end(write.msgid);
    throw told;
  }

  async #tried(write: Write, ask: boolean): Promise<Done> {
    return (ask ? await this.#found(write) : null) ?? (await this.#sent(write));
  }

  async #sent(write: Write): Promise<Done> {
    let reply: Settlement | GivenBack;
    try {
      reply = await this.#means.api.send(write);
    } catch (failure) {
      throw failure instanceof Problem && isFinal(failure) ? new Final(failure) : failure;
    }
    const held = "status" in reply && (reply.status === "HOLDING" || reply.status === "CASH_PENDING");
    return this.#ended(write, held ? "HELD" : "COMMITTED", reply);
  }

  /** What the system knows of it; null where it may be sent again. What was refused says why when sent again. */
  async #found(write: Write): Promise<Done | null> {
    const found = await this.#means.api.message(write.msgid);
    if (found.code === VOIDED) throw new Final(new Problem(409, { code: VOIDED, action: "CANCEL" }, null));
    if (found.status !== "COMMITTED" && found.status !== "PENDING") return null;
    const settlement = await this.#means.api.settlement(found.settlement_id ?? "");
    const back = settlement.refunds.find((one) => one.id === found.refund_id);
    const reply = write.kind === "settle" ? settlement : back;
    if (reply === undefined) throw new SyntaxError("an answer that names no refund");
    return this.#ended(write, found.status === "PENDING" ? "HELD" : "COMMITTED", reply);
  }

  async #ended(write: Write, status: Done["status"], reply: Settlement | GivenBack): Promise<Done> {
    if (status === "COMMITTED") await this.#means.book.end(write.msgid, entryOf(write, reply));
    return { write, status, reply };
  }
}

function isFinal({ status, code }: Problem): boolean {
  return status < 500 && ![401, 403, 429].includes(status) && code !== "BALANCE_MOVED";
}

/** No answer, half of one, or one that nobody can read. */
function isLost(failure: unknown): boolean {
  return failure instanceof Unreachable || failure instanceof SyntaxError || failure instanceof TypeError || isBroken(failure);
}

function isBroken(failure: unknown): boolean {
  return failure instanceof DOMException && ["AbortError", "TimeoutError", "NetworkError"].includes(failure.name);
}
