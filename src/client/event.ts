/** A JSON value. */
export type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [key: string]: Json }

/** Members of every event; `content` is the provider's own object, whole. */
interface Data<Kind extends string, Content> {
  /** Id of the event. A replay has the id of the event that it replays, and a `webhook-id` of its own. */
  readonly eventId: string
  readonly correlationId: string
  readonly connector: string
  readonly account: string
  /** Ordering key: events with the same one arrive in order. */
  readonly conversation: string
  readonly providerId: string
  readonly kind: Kind
  /** Present when an operator replayed the event: the id of that event, equal to `eventId`. */
  readonly replayOf?: string
  /** Present when an operator sent the event again after the runtime had refused it: the event is out of order. */
  readonly redriven?: true
  readonly from?: string
  readonly content: Content
  /** The provider's contact of the person. */
  readonly contact?: Json
  /** Contacts of the webhook that belong to none of its items; on the first event of their change. */
  readonly contacts?: Json
  readonly errors?: Json
}

interface Shape<Type extends string, Kind extends string, Content> {
  readonly type: Type
  /** ISO 8601: the provider's time of the event, else the time at which the gateway received it. */
  readonly timestamp: string
  readonly data: Data<Kind, Content>
}

export interface Text {
  readonly id: string
  readonly type: "text"
  readonly text: { readonly body: string }
  readonly [key: string]: Json
}

/** A text that a person wrote. */
export type TextEvent = Shape<"whatsapp.message.text", "message", Text>

/** An event that a runtime receives. New types will be added: answer an unknown one with an empty answer. */
export type RuntimeEvent =
  | TextEvent
  | Shape<`${string}.message.${string}`, "message", Json>
  | Shape<`${string}.echo.${string}`, "echo", Json>
  | Shape<`${string}.status.${string}`, "status", Json>
  | Shape<`${string}.account.${string}`, "account", Json>
  | Shape<`${string}.unknown`, "unknown", Json>

/** One message to send as part of the answer, through the connector of the event. */
export interface Intent {
  /** Distinguishes the intents of one answer. */
  readonly key: string
  readonly account: string
  readonly capability: string
  readonly to?: string
  readonly input: { readonly [key: string]: Json }
}

/** Answer to an event. It may be empty. */
export interface Answer {
  readonly intents?: ReadonlyArray<Intent>
}

const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Returns true for the body of an event. Called only for a body whose signature is valid. */
export const isEvent = (value: unknown): value is RuntimeEvent =>
  isObject(value) &&
  typeof value["type"] === "string" &&
  typeof value["timestamp"] === "string" &&
  isObject(value["data"]) &&
  typeof value["data"]["eventId"] === "string"

/** Narrows an event to a text that a person wrote. Returns false when the provider left the text out. */
export const isText = (event: RuntimeEvent): event is TextEvent => {
  if (event.type !== "whatsapp.message.text") return false
  const content: unknown = event.data.content
  const text = isObject(content) ? content["text"] : undefined
  return isObject(text) && typeof text["body"] === "string"
}
