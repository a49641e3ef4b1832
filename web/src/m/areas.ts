/**
 * The services of the phone, in the order of the home screen. Each area brings its own routes in
 * `<area>/routes.ts`; this list is all that knows them together.
 */
import type { RouteRecordRaw } from "vue-router";

const found = import.meta.glob<{ routes: RouteRecordRaw[] }>("./*/routes.ts", { eager: true });

export const routes: RouteRecordRaw[] = Object.values(found).flatMap((area) => area.routes);
