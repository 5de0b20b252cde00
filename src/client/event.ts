/** A JSON value. */
export type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [key: string]: Json }

/** What every event has; `content` is the provider's own object, whole. */
interface Data<Kind extends string, Content> {
  /** What duplicates are told by; of a replay, its event's. */
  readonly eventId: string
  readonly correlationId: string
  readonly connector: string
  readonly account: string
  /** Events with the same one come in order. */
  readonly conversation: string
  readonly providerId: string
  readonly kind: Kind
  /** Set where an operator sent the event again: the id of the event that it is. */
  readonly replayOf?: string
  readonly from?: string
  readonly content: Content
  readonly contact?: Json
  readonly errors?: Json
}

interface Shape<Type extends string, Kind extends string, Content> {
  readonly type: Type
  /** ISO 8601: the provider's time of the event, else that of its receipt. */
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

/** What a runtime receives. New types come; what you do not know is answered with nothing. */
export type RuntimeEvent =
  | TextEvent
  | Shape<`${string}.message.${string}`, "message", Json>
  | Shape<`${string}.echo.${string}`, "echo", Json>
  | Shape<`${string}.status.${string}`, "status", Json>
  | Shape<`${string}.account.${string}`, "account", Json>
  | Shape<`${string}.unknown`, "unknown", Json>

/** One message to be sent as part of the answer, by the connector of the event. */
export interface Intent {
  /** Tells apart the intents of one answer. */
  readonly key: string
  readonly account: string
  readonly capability: string
  readonly to?: string
  readonly input: { readonly [key: string]: Json }
}

/** What is answered to an event; nothing at all is an answer too. */
export interface Answer {
  readonly intents?: ReadonlyArray<Intent>
}

const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Is this the body of an event? Only what carries the signature is asked so. */
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
