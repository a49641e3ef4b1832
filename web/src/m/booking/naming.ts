/** Names of departments that an entry gives by id alone; asked for once a department. */
import { ref, type Ref } from "vue";
import type { BookingApi } from "@/api/booking";

const MOST_PAGES = 5;
const names = ref<Readonly<Record<string, string>>>({});
const asked = new Set<string>();

export function placeNames(): Ref<Readonly<Record<string, string>>> {
  return names;
}

/** Names of a hospital's departments, `hospital · department` by id. Without them an entry still tells its days. */
export async function learnPlaces(api: BookingApi, hospitals: readonly string[]): Promise<void> {
  for (const hospital of new Set(hospitals)) {
    if (asked.has(hospital)) continue;
    asked.add(hospital);
    try {
      await learn(api, hospital);
    } catch {
      asked.delete(hospital);
    }
  }
}

async function learn(api: BookingApi, hospital: string): Promise<void> {
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const found = await api.departments({ q: null, hospital, cursor });
    const told = found.items.map((one) => [one.id, `${one.hospital.name} · ${one.name}`]);
    names.value = { ...names.value, ...Object.fromEntries(told) };
    cursor = found.next ?? null;
    if (cursor === null) return;
  }
}
