import * as Effect from "effect/Effect"
import { Host } from "../../boot/host.ts"
import type { SecretsConfig } from "../../config/config.ts"
import type { BootCheck } from "../../log/line.ts"
import { type NoteMaker, wholeProcess } from "./account-notes.ts"

/** Where the secrets of a process come from, as far as it can know. */
export type SecretsSource =
  | "vault"
  | "gcp"
  | "aws"
  | "files_on_a_mount"
  | "files_in_the_image"
  | "files_of_unknown_mount"

const ofMount = { own: "files_on_a_mount", shared: "files_in_the_image", unknown: "files_of_unknown_mount" } as const

/** Returns where the secrets come from. Returns `undefined` where no secret store is configured. */
export const secretsSourceOf = (
  secrets: SecretsConfig | undefined
): Effect.Effect<SecretsSource | undefined, never, Host> =>
  Effect.gen(function* () {
    if (secrets === undefined) return undefined
    if (secrets.from !== "files") return secrets.from
    const { mountOf } = yield* Host
    return ofMount[yield* mountOf(secrets.directory)]
  })

/** Findings of a boot, or of `comporta check`. */
export interface BootFindings {
  readonly checks: ReadonlyArray<BootCheck>
  /** Implementation of each service. */
  readonly implementations: Readonly<Record<string, string>>
  /** Absent where no secret store is configured. */
  readonly secrets: SecretsSource | undefined
  /** True when the process serves, so that the line `boot.validated` was written. */
  readonly serves: boolean
}

/** Checks that search for secrets where they must not be. */
const isScan = ({ name }: BootCheck) => name.startsWith("leak:")
const isOk = ({ state }: BootCheck) => state === "ok"

/** Notes what a boot has found (rows 1.1.4, 1.1.5, 1.2.1 and 1.2.2). */
export const noteBoot = (maker: NoteMaker, { checks, implementations, secrets, serves }: BootFindings): void => {
  const of = (row: string) => maker.boot(row, wholeProcess)
  const used = Object.values(implementations)
  const count = (name: string) => used.filter((one) => one === name).length
  const services = { services: used.length, memory: count("memory"), local: count("local") }
  of("1.1.4")(services.memory + services.local === 0 ? "pass" : "fail", services)
  const ok = checks.filter(isOk).length
  if (serves) of("1.1.5")(ok === checks.length ? "pass" : "fail", { checks: checks.length, ok, validated: 1 })
  if (secrets !== undefined) of("1.2.1")(secrets === "files_in_the_image" ? "fail" : "pass", { source: secrets })
  const scans = checks.filter(isScan)
  const passed = scans.filter(isOk).length
  of("1.2.2#scan")(passed === scans.length ? "pass" : "fail", { checks: scans.length, ok: passed })
}
