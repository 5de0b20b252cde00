import { listOf, objectOf, textOf } from "../../meta/read-json.ts"
import { all, badValue, type Check, into, items, missing, required, tooMuch, within } from "./answers.ts"

const edges = all(within("footer.text", 60), within("header.text", 60))

const uniqueTitles: Check = (object) => {
  const titles = (listOf(into(object, "action.buttons")) ?? []).map((one) => into(objectOf(one) ?? {}, "reply.title"))
  return new Set(titles).size < titles.length ? badValue("Duplicate button title") : undefined
}

const button = all(
  required("body.text", "action.buttons"),
  within("body.text", 1024),
  items(
    "action.buttons",
    3,
    all(required("reply.id", "reply.title"), within("reply.id", 256), within("reply.title", 20))
  ),
  uniqueTitles
)

const row = all(required("id", "title"), within("id", 200), within("title", 24), within("description", 72))

const rowsInAll: Check = (object) => {
  const sections = (listOf(into(object, "action.sections")) ?? []).map((one) => objectOf(one) ?? {})
  const rows = sections.flatMap((section) => listOf(section["rows"]) ?? [])
  return rows.length > 10 ? tooMuch("rows of all sections", 10) : undefined
}

const list = all(
  required("body.text", "action.button", "action.sections"),
  within("body.text", 4096),
  within("action.button", 20),
  items("action.sections", 10, all(within("title", 24), items("rows", 10, row))),
  rowsInAll
)

const url = "action.parameters"
const ctaUrl = all(
  required("body.text", `${url}.display_text`, `${url}.url`),
  within("body.text", 1024),
  within(`${url}.display_text`, 20)
)

const flow: Check = (object) => {
  const parameters = objectOf(into(object, "action.parameters")) ?? {}
  if (parameters["flow_id"] === undefined && parameters["flow_name"] === undefined)
    return missing("flow_id or flow_name")
  if (parameters["flow_message_version"] !== "3") return badValue("flow_message_version must be 3")
  return required("flow_cta")(parameters)
}

const rules: Readonly<Record<string, Check>> = { button, list, cta_url: ctaUrl, flow }

/** Checks an interactive message by its own type. Accepts a type without limits in META 3.1 unchanged. */
const interactive: Check = (object) => {
  const type = textOf(object["type"])
  if (type === undefined) return missing("interactive.type")
  return all(edges, rules[type] ?? (() => undefined))(object)
}

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
