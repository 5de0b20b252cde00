import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import type { Channel } from "../connector/channel.ts"
import type { Digest, RawWebhook } from "../connector/inbound.ts"
import type { InfraError } from "../domain/failure.ts"
import { Secrets } from "../secrets/secrets.ts"
import { Admit, type Admitted } from "./admit.ts"
import { doubting } from "./doubted.ts"
import { type Item, itemOf, unparsable } from "./items.ts"
import { parseBody } from "./parse.ts"
import { keptWithin } from "./quarantine-record.ts"

/** What becomes of one webhook; `undefined` where it is not signed, which says nothing about why (I6). */
export type Received = Exit.Exit<Admitted | undefined, InfraError>

/** Verify, decode, admit: in this order, and nothing of an unsigned body goes past the first (I6). */
export class Receive extends Context.Service<
  Receive,
  {
    /** Calls back once. A plain function: a fiber a webhook would cost as much as all that it does. */
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
      const doubted = doubting(secrets)
      const run = yield* FiberSet.makeRuntime<never, boolean, InfraError>()

      const decode = (channel: Channel, body: Uint8Array, accounts: ReadonlySet<string>): ReadonlyArray<Item> => {
        const tools = admit.tools()
        const parsed = parseBody(body)
        if (Result.isFailure(parsed)) return [unparsable(tools, channel, parsed.failure, body)]
        let copies = keptWithin(body.length)
        const within = () => (copies-- > 0 ? parsed.success : undefined)
        return channel.decode(parsed.success).map((decoded) => itemOf(tools, channel, decoded, accounts, within))
      }

      /** What an item each is made of it; `undefined` where it is not signed. A connector may have a defect. */
      const open = (channel: Channel, webhook: RawWebhook) =>
        Result.try({
          try: () => {
            const accounts = channel.verify(webhook, digest)
            return accounts === undefined ? undefined : decode(channel, webhook.body, accounts)
          },
          catch: (defect) => Exit.die(defect)
        })

      const finish = (channel: Channel, opened: ReturnType<typeof open>, done: (received: Received) => void) => {
        if (Result.isFailure(opened)) done(opened.failure)
        else if (opened.success === undefined) done(unsigned)
        else admit.commit(channel, opened.success, clock.currentTimeMillisUnsafe(), done)
      }

      return Receive.of({
        receive: (channel, webhook, done) => {
          const opened = open(channel, webhook)
          if (Result.isFailure(opened) || opened.success !== undefined) return finish(channel, opened, done)
          if (!doubted.may(channel)) return done(unsigned)
          run(
            Effect.onExit(doubted.wait(channel, webhook), (exit) =>
              Effect.sync(() => {
                if (Exit.isFailure(exit)) done(Exit.failCause(exit.cause))
                else if (exit.value) finish(channel, open(channel, webhook), done)
                else done(unsigned)
              })
            )
          )
        }
      })
    })
  )

const unsigned: Received = Exit.succeed(undefined)
