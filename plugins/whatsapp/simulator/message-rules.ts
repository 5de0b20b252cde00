import { listOf, objectOf, textOf } from "../../meta/read-json.ts"
import { interactive } from "./interactive-rules.ts"
import { type Check, all, items, missing, required, within } from "./mistake.ts"

const source: Check = ({ id, link }) => (id === undefined && link === undefined ? missing("id or link") : undefined)
const captioned = all(source, within("caption", 1024))

/** Checks a reaction. An empty `emoji` removes the reaction. */
const emoji: Check = (object) => (typeof object["emoji"] === "string" ? undefined : missing("emoji"))

/** Requires an end for a pin, but not for its removal. */
const lasting: Check = (object) => (object["type"] === "pin" ? required("expiration_days")(object) : undefined)

/** Required members and longest texts of each type (META 3.1). */
export const messageRules: Readonly<Record<string, Check>> = {
  text: all(required("body"), within("body", 4096)),
  template: required("name", "language.code"),
  image: captioned,
  video: captioned,
  audio: source,
  document: captioned,
  sticker: source,
  location: required("latitude", "longitude"),
  reaction: all(required("message_id"), emoji),
  interactive,
  pin: all(required("type", "message_id"), lasting)
}

/** Checks contacts, whose object is a list. */
export const contactRules = items("contacts", Infinity, required("name.formatted_name"))

/** Returns the number of texts in a template's body, positional or named. */
export const bodyParameters = (template: Parameters<Check>[0]): number => {
  const components = (listOf(template["components"]) ?? []).map((one) => objectOf(one) ?? {})
  const body = components.find(({ type }) => textOf(type)?.toLowerCase() === "body")
  return (listOf(body?.["parameters"]) ?? []).length
}
