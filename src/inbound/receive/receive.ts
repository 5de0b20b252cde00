import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import type { Channel } from "../../connector/channel.ts"
import type { DecodedItem, Digest, RawWebhook } from "../../connector/inbound.ts"
import type { InfraError } from "../../domain/failure.ts"
import type { Json } from "../../domain/json.ts"
import { atOnce, inTurns, type Pieces } from "../../domain/pieces.ts"
import { Observe } from "../../observe/observe.ts"
import { Secrets } from "../../secrets/secrets.ts"
import { Admit, type Admitted } from "../admit/admit.ts"
import { secretRefresh } from "./refresh-secrets.ts"
import { itemsInPieces, itemsPerPiece, makeLarge, tooLargeDecoded } from "./large-webhooks.ts"
import { type Item, normalizeItem, unparsable } from "../admit/normalize.ts"
import { maxElements, parseBody, type ParseProblem, type Shape, shapeIn, shapeInPieces } from "./parse-json.ts"
import { keptWithin } from "../event-log/quarantine-codec.ts"

/** Result of one webhook; `undefined` when its signature is missing or invalid, without the reason (I6). */
export type Received = Exit.Exit<Admitted | undefined, InfraError>

/** Verifies, decodes and admits webhooks, in this order. Only the verification reads an unsigned body (I6). */
export class Receive extends Context.Service<
  Receive,
  {
    /** Calls `done` once. This is a plain function, since a fiber for each webhook would double its cost. */
    readonly receive: (channel: Channel, webhook: RawWebhook, done: (received: Received) => void) => void
  }
>()("comporta/inbound/Receive") {}

export const layer = (digest: Digest) =>
  Layer.effect(
    Receive,
    Effect.gen(function* () {
      const admit = yield* Admit
      const secrets = yield* Secrets
      const clock = yield* Clock.Clock
      const observe = yield* Observe
      const unverified = secretRefresh(secrets)
      const run = yield* FiberSet.makeRuntime<never, unknown, InfraError>()
      const large = makeLarge(clock)

      const makerOf = (channel: Channel, body: Uint8Array, accounts: ReadonlySet<string>, parsed: Json) => {
        const tools = admit.tools()
        let copies = keptWithin(body.length)
        const within = () => (copies-- > 0 ? parsed : undefined)
        return (decoded: DecodedItem): Item => normalizeItem(tools, channel, decoded, accounts, within)
      }

      /** Makes one quarantined item of the whole body, cut at the limit of its size. `count` is the number of its items. */
      function* wholeBody(
        channel: Channel,
        problem: string,
        body: Uint8Array,
        count?: number
      ): Pieces<ReadonlyArray<Item>> {
        return [yield* unparsable(admit.tools(), channel, problem, body, count)]
      }

      function* makeInPieces(
        channel: Channel,
        body: Uint8Array,
        decoded: ReadonlyArray<DecodedItem>,
        make: Make
      ): Pieces<ReadonlyArray<Item>> {
        yield
        const items = yield* itemsInPieces(decoded, make)
        return items ?? (yield* wholeBody(channel, tooLargeDecoded, body, decoded.length))
      }

      /** Parses and decodes the body in one piece each. Its shape and its items take several. */
      function* decodeInPieces(
        channel: Channel,
        body: Uint8Array,
        accounts: ReadonlySet<string>,
        known: Shape | undefined
      ): Pieces<ReadonlyArray<Item>> {
        yield
        const shape = known ?? (yield* shapeInPieces(body))
        yield
        const parsed = parseBody(body, maxElements, shape)
        yield
        if (Result.isFailure(parsed))
          return yield* wholeBody(channel, parsed.failure, body, countOf(parsed.failure, shape))
        const decoded = channel.decode(parsed.success)
        return yield* makeInPieces(channel, body, decoded, makerOf(channel, body, accounts, parsed.success))
      }

      /** Returns the items. When they take more than one turn of the event loop, returns the pieces that make them. */
      const decode = (channel: Channel, body: Uint8Array, accounts: ReadonlySet<string>): Opened => {
        if (body.length > smallLimit) return { later: () => decodeInPieces(channel, body, accounts, undefined) }
        const shape = shapeIn(body)
        if (isLarge(body, shape)) return { later: () => decodeInPieces(channel, body, accounts, shape) }
        const parsed = parseBody(body, maxElements, shape)
        if (Result.isFailure(parsed)) return { now: atOnce(wholeBody(channel, parsed.failure, body)) }
        const decoded = channel.decode(parsed.success)
        const make = makerOf(channel, body, accounts, parsed.success)
        return decoded.length <= itemsPerPiece
          ? { now: decoded.map(make) }
          : { later: () => makeInPieces(channel, body, decoded, make) }
      }

      /** Verifies and decodes a webhook. Returns `undefined` when it is not signed. Fails when the connector throws. */
      const open = (channel: Channel, webhook: RawWebhook) =>
        Result.try({
          try: () => {
            const verified = channel.verify(webhook, digest)
            if (verified === undefined) return undefined
            observe.webhookVerified(channel, verified.secret)
            return decode(channel, webhook.body, verified.accounts)
          },
          catch: (defect) => Exit.die(defect)
        })

      const refuse = (channel: Channel, webhook: RawWebhook, done: (received: Received) => void) => {
        observe.webhookRefused(channel, webhook)
        done(unsigned)
      }

      const finish = (
        channel: Channel,
        webhook: RawWebhook,
        opened: ReturnType<typeof open>,
        done: (received: Received) => void
      ) => {
        if (Result.isFailure(opened)) return done(opened.failure)
        if (opened.success === undefined) return refuse(channel, webhook, done)
        const startedAt = clock.currentTimeMillisUnsafe()
        if ("now" in opened.success) return admit.commit(channel, opened.success.now, startedAt, done)
        run(
          Effect.onExit(
            large.take(webhook.body.length, inTurns(opened.success.later), (items) =>
              admit.admit(channel, items, startedAt)
            ),
            (exit) => Effect.sync(() => done(exit))
          )
        )
      }

      return Receive.of({
        receive: (channel, webhook, done) => {
          const opened = open(channel, webhook)
          if (Result.isFailure(opened) || opened.success !== undefined) return finish(channel, webhook, opened, done)
          if (!unverified.mayRefresh(channel)) return refuse(channel, webhook, done)
          run(
            Effect.onExit(unverified.refresh(channel, webhook), (exit) =>
              Effect.sync(() => {
                if (Exit.isFailure(exit)) done(Exit.failCause(exit.cause))
                else if (exit.value) finish(channel, webhook, open(channel, webhook), done)
                else refuse(channel, webhook, done)
              })
            )
          )
        }
      })
    })
  )

const unsigned: Received = Exit.succeed(undefined)

type Make = (decoded: DecodedItem) => Item
type Opened = { readonly now: ReadonlyArray<Item> } | { readonly later: () => Pieces<ReadonlyArray<Item>> }

/** Limit of bytes times elements for one turn: each element may contain what the elements share. */
const smallLimit = 262_144

const isLarge = (body: Uint8Array, shape: Shape | undefined): boolean =>
  shape !== undefined && (shape.elements > itemsPerPiece || body.length * Math.max(1, shape.elements) > smallLimit)

const countOf = (problem: ParseProblem, shape: Shape | undefined) =>
  problem === "too_many_items" ? shape?.fullest : undefined
