import type * as Schema from "effect/Schema"
import { accountEvents } from "./events/account.ts"
import { Open } from "./events/common.ts"
import { messages, Status } from "./events/messages.ts"

/** The `data` of an event as a runtime receives it; `content` is the provider's own object. */
interface EventData<Content> {
  readonly eventId: string
  readonly correlationId: string
  readonly connector: "whatsapp"
  readonly account: string
  readonly conversation: string
  readonly providerId: string
  readonly kind: "message" | "echo" | "status" | "account" | "unknown"
  readonly replayOf?: string
  readonly redriven?: true
  readonly from?: string
  readonly content: Content
  readonly contact?: Schema.Json
  readonly contacts?: Schema.Json
  readonly errors?: Schema.Json
}

interface Event<Type extends string, Content> {
  readonly type: Type
  readonly timestamp: string
  readonly data: EventData<Content>
}

type OfEach<Prefix extends string, Schemas> = {
  [Name in keyof Schemas & string]: Schemas[Name] extends { readonly Type: infer Content }
    ? Event<`${Prefix}.${Name}`, Content>
    : never
}[keyof Schemas & string]

/**
 * Every event of this connector, by `type`. Statuses are an open set. Members without a name here are present as well:
 * nothing of the provider's object is left out.
 */
export type WhatsAppEvent =
  | OfEach<"whatsapp.message" | "whatsapp.echo", typeof messages>
  | OfEach<"whatsapp.account", typeof accountEvents>
  | Event<`whatsapp.status.${string}`, typeof Status.Type>
  | Event<"whatsapp.unknown", Schema.Json>

const known: ReadonlyMap<string, Schema.Codec<unknown, unknown>> = new Map<string, Schema.Codec<unknown, unknown>>([
  ...Object.entries(messages).flatMap(([name, schema]) => [
    [`message.${name}`, schema] as const,
    [`echo.${name}`, schema] as const
  ]),
  ...Object.entries(accountEvents).map(([name, schema]) => [`account.${name}`, schema] as const)
])

/** Returns the schema of the `content` of a type, which is given without the connector's name: `message.text`. */
export const contentSchema = (type: string): Schema.Codec<unknown, unknown> =>
  type.startsWith("status.") ? Status : (known.get(type) ?? Open)
