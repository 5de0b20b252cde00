import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { InboundEvent } from "../../domain/event.ts"
import type { InfraError } from "../../domain/failure.ts"
import { ConnectorId, ConversationId, CorrelationId, EventId } from "../../domain/ids.ts"
import { jsonIn } from "../../domain/parse-json.ts"
import { Personal } from "../../domain/personal.ts"
import { type Sealer, Unreadable } from "../../secrets/sealer.ts"
import type { Ownership, Write } from "../event-log/event-log.ts"
import { ReplyIntent } from "../runtime/response.ts"

/** One answer of the runtime with intents that are not all performed. `position` grows within a partition. */
export interface PendingReply {
  readonly position: number
  /** Encoded and sealed by {@link encodeReply}. */
  readonly record: string
}

/** The runtime's answers with intents. Each is stored in the partition of its event (G32). */
export class Replies extends Context.Service<
  Replies,
  {
    /**
     * Acknowledges an event for the runtime and stores its answer, in one write. Returns `answered` when an earlier answer
     * to this event is stored: that one is kept, and this one is ignored.
     */
    readonly acknowledge: (
      owner: Ownership,
      position: number,
      answer: { readonly eventId: EventId; readonly record: string }
    ) => Effect.Effect<Write | "answered", InfraError>
    /** Returns the answers after a position that are not done, oldest first. */
    readonly pending: (
      partition: number,
      after: number,
      limit: number
    ) => Effect.Effect<ReadonlyArray<PendingReply>, InfraError>
    /** Deletes an answer. Each of its intents must have ended or be in the ledger. */
    readonly done: (owner: Ownership, position: number) => Effect.Effect<Write, InfraError>
    /** Returns the number of answers that are not done, over all partitions. */
    readonly waiting: Effect.Effect<number, InfraError>
  }
>()("comporta/inbound/Replies") {}

/** A stored answer of the runtime. `at` is the time of its arrival in milliseconds since the epoch. */
export interface StoredReply {
  readonly eventId: EventId
  readonly correlationId: CorrelationId
  readonly connector: ConnectorId
  readonly conversation: ConversationId
  readonly at: number
  readonly intents: Personal<ReadonlyArray<ReplyIntent>>
}

/** First line of a record, not sealed: format, event, correlation, connector, conversation, time. The sealed intents follow. */
const Head = Schema.Tuple([Schema.Literal(1), EventId, CorrelationId, ConnectorId, ConversationId, Schema.Finite])
const decodeHead = Schema.decodeUnknownResult(Schema.fromJsonString(Head))
const decodeIntents = Schema.decodeUnknownEffect(Schema.Array(ReplyIntent))

export const encodeReply = (
  sealer: Sealer["Service"],
  { eventId, correlationId, connector, conversation }: InboundEvent,
  intents: Personal<ReadonlyArray<ReplyIntent>>,
  at: number
): string => {
  const head: typeof Head.Encoded = [1, eventId, correlationId, connector, conversation, at]
  return `${JSON.stringify(head)}\n${sealer.seal(JSON.stringify(Personal.open(intents)))}`
}

const headOf = (record: string) => decodeHead(record.slice(0, Math.max(0, record.indexOf("\n"))))

/** Returns the conversation without opening the record. Returns `undefined` when the first line cannot be read. */
export const conversationOfReply = (record: string): ConversationId | undefined => {
  const head = headOf(record)
  return Result.isSuccess(head) ? head.success[4] : undefined
}

/** Returns the connector and the conversation. Returns `undefined` when the first line cannot be read. */
export const headOfReply = (record: string) => {
  const head = headOf(record)
  if (Result.isFailure(head)) return undefined
  const [, , , connector, conversation] = head.success
  return { connector, conversation }
}

export const decodeReply = (sealer: Sealer["Service"], record: string): Effect.Effect<StoredReply, Unreadable> =>
  Effect.gen(function* () {
    const [, eventId, correlationId, connector, conversation, at] = yield* Effect.fromResult(headOf(record))
    const text = yield* sealer.open(record.slice(record.indexOf("\n") + 1))
    const intents = Personal.of(yield* decodeIntents(jsonIn(text)))
    return { eventId, correlationId, connector, conversation, at, intents }
  }).pipe(Effect.catchTag("SchemaError", () => Effect.fail(new Unreadable({ reason: "not a reply of format 1" }))))
