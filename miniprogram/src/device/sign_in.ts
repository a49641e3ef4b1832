/** To the page of the face and back: where a refusal asks for one, and where one goes on afterwards. */
import { Problem } from "@/api/problem";
import { MINI } from "@/texts/mini";
import { t } from "../system";

const PLACE = /^\/pages\/(?:home|identity|certificates|card|booking)\/index(?:\?[\w=&%.-]*)?$/u;

/** What a page that may be refused for want of a face has among its data. */
export const FACING = {
  /** The address of the page of the face, while it is wanted. */
  faceWanted: "",
  /** Whether the person was led there. */
  away: false,
};

interface Facing {
  readonly data: typeof FACING;
  setData(data: Partial<typeof FACING> & { failure?: string }): void;
}

/**
 * Whether it was a refusal that asks for a face. The first leads there; who comes back without
 * having shown one is asked, and not sent again.
 */
export function refusedForFace(page: Facing, back: string, failure: unknown): boolean {
  if (!(failure instanceof Problem) || failure.status !== 401) return false;
  askForFace(page, back, failure.told["acr_values"]);
  return true;
}

/** Lead to the face, for a level such as `face:L2`; any where none is named. */
export function askForFace(page: Facing, back: string, acr: unknown): void {
  const url = faceFor(back, acr);
  page.setData({ faceWanted: url, failure: t(MINI.faceFirst) });
  if (page.data.away) page.setData({ away: false });
  else goToFace(page);
}

export function goToFace(page: Facing): void {
  page.setData({ away: true });
  void wx.navigateTo({ url: page.data.faceWanted });
}

function faceFor(back: string, acr: unknown): string {
  const level = /^face:(L[123])$/u.exec(String(acr))?.[1];
  const asked = level === undefined ? "" : `&level=${level}`;
  return `/pages/face/index?back=${encodeURIComponent(`/pages/${back}/index`)}${asked}`;
}

/** A page of this app other than that of the face; null: nothing that one goes back to. */
export function placeOf(told: string): string | null {
  let place = told;
  try {
    place = decodeURIComponent(told);
  } catch {
    return null;
  }
  return PLACE.test(place) ? place : null;
}

/** To where one came from, or to who one is now. */
export function goOnTo(back: string | null): void {
  const opened = getCurrentPages();
  const before = opened[opened.length - 2];
  if (back !== null && before !== undefined && back.split("?")[0] === `/${before.route}`) void wx.navigateBack();
  else void wx.redirectTo({ url: back ?? "/pages/identity/index" });
}
