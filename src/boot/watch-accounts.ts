import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Random from "effect/Random"
import { type Channel, type ChannelAccount, Channels } from "../connector/channel.ts"
import type { Digest } from "../connector/inbound.ts"
import { probeIntentIdOf } from "../identity/derive.ts"
import type { ProviderHttp } from "../connector/provider-http.ts"
import { Log } from "../log/log.ts"
import { Observe, type ProbedAccount } from "../observe/observe.ts"
import { accountRefs } from "../outbound/accounts/account-states.ts"
import { Accounts } from "../outbound/accounts/accounts.ts"
import { IdHash } from "../secrets/id-hash.ts"
import { LastProofs, credentialOf } from "./last-proofs.ts"
import { probedResults } from "./provider-checks.ts"
import { gauges } from "../metrics/registry.ts"

/** Milliseconds between two probes of an account, ± 10 %, so that replicas do not probe at the same time. */
const every = 3_600_000

interface Watched {
  readonly channel: Channel
  readonly account: ChannelAccount
}

/** Account that the boot starts without, since the provider rejects its credential (G37). */
export interface Dead extends Watched {
  readonly code: string
}

const make = Effect.fnUntraced(function* (digest: Digest, dead: ReadonlyArray<Dead>) {
  const channels = yield* Channels
  const accounts = yield* Accounts
  const proofs = yield* LastProofs
  const hash = yield* IdHash
  const log = yield* Log
  const observe = yield* Observe
  const refOf = accountRefs(hash)

  const fields = ({ channel, account }: Watched) => ({ connectorId: channel.id, accountId: account.id })
  const pause = ({ channel, account, code }: Dead, ref = refOf(channel, account)) =>
    accounts
      .report({
        ...ref,
        intentId: probeIntentIdOf(hash, { channel, account }),
        succeeded: 0,
        health: "none",
        code,
        pause: { why: "auth" },
        payAgain: false
      })
      .pipe(
        Effect.map((changes) => {
          if (changes.length === 0) return
          log.write("error", "account.paused", { ...fields({ channel, account }), why: "auth", failureCode: code })
        }),
        Effect.ignore
      )

  /** Probes an account. The result concerns the credential that was probed, which may have changed meanwhile. */
  const ask = Effect.fnUntraced(function* (
    watched: Watched,
    probe: NonNullable<ChannelAccount["probe"]>
  ): Effect.fn.Return<ProbedAccount["result"], never, ProviderHttp> {
    const { channel, account } = watched
    const [ref, credential] = [refOf(channel, account), credentialOf(channel, account, digest)]
    const result = yield* probe
    if (result._tag === "Refused") yield* pause({ ...watched, code: result.code }, ref)
    if (result._tag !== "Proven") return probedResults[result._tag]
    yield* Effect.ignore(proofs.note(credential))
    if (result.expiresAt !== undefined) {
      const labels = { connector: channel.id, account: account.id }
      yield* Metric.update(
        Metric.withAttributes(gauges.credentialExpires, labels),
        Math.floor(result.expiresAt / 1_000)
      )
    }
    for (const { about, state } of result.findings) {
      if (state === "alarm") log.write("warn", "account.alarm", { ...fields(watched), failureCode: about })
    }
    return "proven"
  })

  const look = Effect.forEach(
    [...channels.values()].flatMap((channel) =>
      [...channel.accounts.values()].map((account) => ({ channel, account }))
    ),
    (watched) => {
      const { channel, account } = watched
      const result = account.probe === undefined ? Effect.succeed("unknown" as const) : ask(watched, account.probe)
      return Effect.map(result, (one): ProbedAccount => ({ connector: channel.id, account: account.id, result: one }))
    },
    { concurrency: 2 }
  ).pipe(Effect.map((probed) => observe.accountsProbed(probed)))
  const rest = Effect.flatMap(Random.next, (jitter) => Effect.sleep(every * (0.9 + jitter / 5)))

  yield* Effect.forEach(dead, (one) => pause(one), { discard: true })
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(rest, look)))
})

/**
 * Probes the credential of every account each hour. Writes the proof, logs alarms, exports the time at which the credential
 * expires, and pauses an account whose credential the provider rejects.
 */
export const layer = (digest: Digest, dead: ReadonlyArray<Dead>) => Layer.effectDiscard(make(digest, dead))
