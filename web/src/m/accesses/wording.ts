/** A look at somebody's data, in words. */
import type { Access } from "@/api/myself";
import { ACTORS, FIELDS, KNOWN_ACTORS, OUTCOMES } from "@/texts/accesses";
import { told, type Language, type Pair } from "@/texts/texts";

/** Who looked: a name where there is one. */
export function whoOf({ actor, actor_kind: kind }: Access, language: Language): string {
  if (kind === "self") return told(ACTORS["self"] as Pair, language);
  const known = KNOWN_ACTORS[actor];
  if (known !== undefined) return told(known, language);
  return actor !== "" ? actor : told(ACTORS[kind] ?? [kind, kind], language);
}

/** What kind of actor that is; nothing where the name says it. */
export function kindOf({ actor, actor_kind: kind }: Access, language: Language): string {
  if (kind === "self" || Object.hasOwn(KNOWN_ACTORS, actor)) return "";
  return told(ACTORS[kind] ?? [kind, kind], language);
}

export function fieldsOf({ fields }: Access, language: Language): string {
  const names = fields.map((field) => told(FIELDS[field] ?? [field, field], language));
  return names.join(language === "en" ? ", " : "、");
}

/** The department that was asked, and what came of it. */
export function sourceOf({ source_words: source, outcome }: Access, language: Language): string {
  if (source === undefined) return "";
  const came = OUTCOMES[outcome ?? ""];
  return (language === "en" ? source.en : source.zh) + (came === undefined ? "" : told(came, language));
}

/** Whether somebody else than the person looked; the system asks departments on their behalf. */
export function isForeign({ actor, actor_kind: kind }: Access): boolean {
  return (kind !== "self" && kind !== "system") || actor === "public check";
}
