import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Channel, ChannelAccount } from "../connector/channel.ts"
import type { ProviderHttp } from "../connector/provider-http.ts"
import type { ProbeFinding, ProbeRefused, ProbeResult } from "../connector/probe.ts"
import type { BootCheck, CheckCode } from "../log/line.ts"
import type { ProbedAccount } from "../observe/observe.ts"
import type { LastProofs } from "./last-proofs.ts"
import { failed, ok, limited } from "./report.ts"
import type { CheckName } from "./check-registry.ts"

/** Account whose credential is checked. */
export interface Probed {
  readonly channel: Channel
  readonly account: ChannelAccount
  /** Name of its proof: see {@link LastProofs}. */
  readonly credential: string
}

export const checkName = ({ channel, account }: Pick<Probed, "channel" | "account">): CheckName =>
  `provider:${channel.id}/${account.id}`

const alarms = (findings: ReadonlyArray<ProbeFinding>) =>
  findings
    .filter(({ state }) => state === "alarm")
    .map(({ about, problem }) => `${about}: ${problem ?? "check it"}`)
    .join("; ")

const agoOf = (millis: number) => Duration.format(Duration.millis(Math.floor(millis / 60_000) * 60_000))

/** Returns the cause of a rejection: of the token with the provider's own code, else the subject. */
const refusedCode = ({ about, code }: ProbeRefused): CheckCode => {
  if (about === "token") return `auth_${code.toLowerCase().replaceAll(/[^a-z0-9]+/g, "_")}`
  return about === "app" || about === "scopes" ? about : "account"
}

/** Returns the check for a probe (G37). Only a rejected credential, or an unknown result without a recent proof, fails. */
const verdict = Effect.fnUntraced(function* (
  probed: Probed,
  result: ProbeResult,
  proofs: LastProofs["Service"],
  dead: "refuse" | "pause"
) {
  const name = checkName(probed)
  switch (result._tag) {
    case "Proven": {
      yield* Effect.ignore(proofs.note(probed.credential))
      const said = alarms(result.findings)
      return said === "" ? ok(name) : { ...ok(name), problem: said }
    }
    case "Refused":
      return dead === "pause"
        ? {
            ...ok(name),
            code: refusedCode(result),
            problem: `paused, ${result.about}: ${result.problem} (${result.code})`,
            remedy: result.remedy
          }
        : failed(name, refusedCode(result), `${result.about}: ${result.problem} (${result.code})`, result.remedy)
    case "Unknown": {
      const since = yield* proofs.since(probed.credential).pipe(Effect.orElseSucceed(() => undefined))
      if (since !== undefined) {
        return { ...ok(name), problem: `not proven now (${result.code}); last proven ${agoOf(since)} ago` }
      }
      return failed(
        name,
        "unproven",
        `${result.problem}${result.problem.includes(result.code) ? "" : ` (${result.code})`}, and it was not proven within the last 24 h`,
        "start again when the provider answers, or check the network to it"
      )
    }
  }
})

/** Account whose credential the provider rejects, with the code of the rejection. */
export interface RefusedProbe extends Probed {
  readonly code: string
}

export interface ProviderVerdicts {
  readonly checks: ReadonlyArray<BootCheck>
  /** Results of the present probes. An account that was proven earlier alone is `unknown`. */
  readonly probed: ReadonlyArray<ProbedAccount>
  /** Rejected accounts that are paused instead of refusing the start, as the operator configured. */
  readonly dead: ReadonlyArray<RefusedProbe>
}

/** Returns the observed result of a probe by its tag. */
export const probedResults = { Proven: "proven", Refused: "refused", Unknown: "unknown" } as const satisfies Readonly<
  Record<ProbeResult["_tag"], ProbedAccount["result"]>
>

/** Probes the credential of every account, at most 8 concurrently. */
export const providerChecks = Effect.fnUntraced(function* (
  accounts: ReadonlyArray<Probed>,
  proofs: LastProofs["Service"],
  dead: "refuse" | "pause"
): Effect.fn.Return<ProviderVerdicts, never, ProviderHttp> {
  const refused: Array<RefusedProbe> = []
  const results = new Map<Probed, ProbedAccount["result"]>()
  const checks = yield* Effect.forEach(
    accounts,
    (probed) => {
      const { probe } = probed.account
      if (probe === undefined)
        return Effect.succeed([{ ...ok(checkName(probed)), problem: "its connector has no probe" }])
      return limited(
        checkName(probed),
        Effect.gen(function* () {
          const result = yield* probe
          results.set(probed, probedResults[result._tag])
          if (result._tag === "Refused" && dead === "pause") refused.push({ ...probed, code: result.code })
          return [yield* verdict(probed, result, proofs, dead)]
        })
      )
    },
    { concurrency: 8 }
  )
  const probed = accounts.map((one): ProbedAccount => {
    const { channel, account } = one
    return { connector: channel.id, account: account.id, result: results.get(one) ?? "unknown" }
  })
  return { checks: checks.flat(), dead: refused, probed }
})
