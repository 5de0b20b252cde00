import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { shownText } from "../domain/shown.ts"
import type { BootCheck } from "../log/line.ts"
import type { CheckName } from "./check-registry.ts"

/** Failure of the start, with every check that was made (exit code 78). */
export class BootRefused extends Data.TaggedError("BootRefused")<{ readonly checks: ReadonlyArray<BootCheck> }> {
  override get message() {
    return formatReport(this.checks)
  }
}

export const ok = (name: CheckName): BootCheck => ({ name, state: "ok" })

export const failed = (name: CheckName, problem: string, remedy: string): BootCheck => ({
  name,
  state: "failed",
  problem,
  remedy
})

export const blocked = (name: CheckName, by: string): BootCheck => ({
  name,
  state: "blocked",
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
        failed(name, `no answer within ${Duration.format(checkLimit)}`, "find out why it hangs, and start again")
      ])
  })

export const isOk = ({ state }: BootCheck): boolean => state === "ok"

/** Returns checks that may be printed and logged. Their names come from a file that may hold a secret by mistake. */
export const shownChecks = (checks: ReadonlyArray<BootCheck>): ReadonlyArray<BootCheck> =>
  checks.map(({ name, state, problem, remedy }) => ({
    name: shownText(name),
    state,
    ...(problem === undefined ? {} : { problem: shownText(problem) }),
    ...(remedy === undefined ? {} : { remedy: shownText(remedy) })
  }))

/** Formats checks for an operator: one line for each check, and its remedy below. */
export const formatReport = (all: ReadonlyArray<BootCheck>): string => {
  const checks = shownChecks(all)
  const width = Math.max(...checks.map(({ name }) => name.length))
  return checks
    .map(({ name, state, problem, remedy }) => {
      const line = `${state.padEnd(7)}  ${name.padEnd(width)}  ${problem ?? ""}`.trimEnd()
      return remedy === undefined ? line : `${line}\n         ${" ".repeat(width)}  remedy: ${remedy}`
    })
    .join("\n")
}

/** Remedy for a rejected certificate of a server of the store. */
export const certificateRemedy =
  "store.caFile must hold the authority that signed the server's certificate, the certificate must name the host or IP address that the server is reached by, and the server must not require a client certificate"
