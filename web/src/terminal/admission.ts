/** Finding out who stands here: by the system while it answers, else by what the till knows. */
import { Unreachable } from "@/api/ports";
import type { TillPurpose } from "@/api/till";
import { PREFIX } from "@/codes/presentation_reading";
import type { Cashier } from "./cashier";
import { NotServed, type OfflineDesk } from "./desk";
import type { Session } from "./session";
import type { Presence } from "./state";

/**
 * A code that was sent and got no answer may be used up: no sale is made on it. Only one that never
 * left is checked by the till.
 */
export async function admitted(
  code: string,
  purpose: TillPurpose,
  { session, cashier, desk }: { readonly session: Session; readonly cashier: Cashier; readonly desk: OfflineDesk },
): Promise<Presence> {
  if (!(await isReached(session, desk))) return { kind: "offline", ...(await desk.admit(code, purpose)) };
  try {
    const told = await cashier.signedIn(() => session.api.decode(code, purpose));
    await desk.answered();
    return {
      kind: "online",
      token: told.presence_token,
      name: told.holder.name,
      number: told.holder.citizen_number,
      until: Date.parse(told.expires_at) / 1000,
      cap: told.amount_cap ?? null,
      shownBy: told.shown_by,
    };
  } catch (failure) {
    if (!(failure instanceof Unreachable)) throw failure;
    await desk.goOffline("itself");
    throw new NotServed(code.startsWith(PREFIX) ? "MAYBE_USED" : "NEEDS_NETWORK");
  }
}

/** Whether a code may be sent: the network is there, and the till logged in, before the code leaves it. */
async function isReached(session: Session, desk: OfflineDesk): Promise<boolean> {
  if (!desk.triesNetwork) return false;
  try {
    if (!navigator.onLine) throw new Unreachable();
    await session.partner.access();
    return true;
  } catch (failure) {
    if (!(failure instanceof Unreachable)) throw failure;
    await desk.goOffline("itself");
    return false;
  }
}
