import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { shownText } from "../domain/shown.ts"
import type { BootCheck, CheckCode } from "../log/line.ts"
import type { CheckName } from "./check-registry.ts"

/** Failure of the start, with every check that was made (exit code 78). */
export class BootRefused extends Data.TaggedError("BootRefused")<{ readonly checks: ReadonlyArray<BootCheck> }> {
  override get message() {
    return formatReport(this.checks)
  }
}

export const ok = (name: CheckName): BootCheck => ({ name, state: "ok" })

export const failed = (name: CheckName, code: CheckCode, problem: string, remedy: string): BootCheck => ({
  name,
  state: "failed",
  code,
  problem,
  remedy
})

const waits: CheckCode = "blocked"

export const blocked = (name: CheckName, by: string): BootCheck => ({
  name,
  state: "blocked",
  code: waits,
  waitsFor: by,
  problem: `waits for ${by}`
})

/** Time limit of one check. A dependency that does not answer in time fails its check. */
export const checkLimit = Duration.seconds(10)

/** Returns the checks of one dependency, or one failed check when it does not answer in time. */
export const limited = <R>(
  name: CheckName,
  checks: Effect.Effect<ReadonlyArray<BootCheck>, never, R>
): Effect.Effect<ReadonlyArray<BootCheck>, never, R> =>
  Effect.timeoutOrElse(checks, {
    duration: checkLimit,
    orElse: () =>
      Effect.succeed([
        failed(
          name,
          "timeout",
          `no answer within ${Duration.format(checkLimit)}`,
          "find out why it hangs, and start again"
        )
      ])
  })

export const isOk = ({ state }: BootCheck): boolean => state === "ok"

/** Returns checks that may be printed and logged. Their names come from a file that may hold a secret by mistake. */
export const shownChecks = (checks: ReadonlyArray<BootCheck>): ReadonlyArray<BootCheck> =>
  checks.map(({ name, state, code, waitsFor, problem, remedy }) => ({
    name: shownText(name),
    state,
    ...(code === undefined ? {} : { code }),
    ...(waitsFor === undefined ? {} : { waitsFor: shownText(waitsFor) }),
    ...(problem === undefined ? {} : { problem: shownText(problem) }),
    ...(remedy === undefined ? {} : { remedy: shownText(remedy) })
  }))

/** Formats checks for an operator: one line for each check with the code of a failure, and its remedy below. */
export const formatReport = (all: ReadonlyArray<BootCheck>): string => {
  const checks = shownChecks(all)
  const width = Math.max(...checks.map(({ name }) => name.length))
  return checks
    .map(({ name, state, code, problem, remedy }) => {
      const cause = code === undefined || state === "blocked" ? "" : ` [${code}]`
      const line = `${state.padEnd(7)}  ${name.padEnd(width)}  ${problem ?? ""}${cause}`.trimEnd()
      return remedy === undefined ? line : `${line}\n         ${" ".repeat(width)}  remedy: ${remedy}`
    })
    .join("\n")
}

/** Remedy for a rejected certificate of a server of the store. */
export const certificateRemedy =
  "store.caFile must hold the authority that signed the server's certificate, the certificate must name the host or IP address that the server is reached by, and the server must not require a client certificate"
