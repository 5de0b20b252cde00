import type { Environment } from "./config.ts"
import type { Mistake } from "./mistakes.ts"
import { isPort, portExpected } from "./values.ts"

/** Variables of the process that override the file: `PORT` and `COMPORTA_ENV`. An empty one counts as unset. */
export interface Overrides {
  readonly port?: string
  readonly environment?: string
}

/** A decided value, and the mistakes that were made. With a mistake, the value is the one without the override. */
export interface Decided<Value> {
  readonly value: Value
  readonly mistakes: ReadonlyArray<Mistake>
}

const strictness: ReadonlyArray<Environment> = ["local", "staging", "production"]

export const environmentNamed = (name: unknown): Environment | undefined => strictness.find((known) => known === name)

/** Returns the environment. `COMPORTA_ENV` may make the file's stricter, never looser (G38). */
export const environmentOf = (file: Environment, override: string | undefined): Decided<Environment> => {
  if (override === undefined || override === "") return { value: file, mistakes: [] }
  const asked = environmentNamed(override)
  if (asked !== undefined && strictness.indexOf(asked) >= strictness.indexOf(file))
    return { value: asked, mistakes: [] }
  const message =
    asked === undefined
      ? `expected ${strictness.join(", ")}`
      : `expected ${file} or stricter, as the file says; ${asked} would loosen it`
  return { value: file, mistakes: [{ path: "COMPORTA_ENV", message }] }
}

export const portOverride = (override: string | undefined): Decided<number | undefined> => {
  if (override === undefined || override === "") return { value: undefined, mistakes: [] }
  const port = /^\d{1,5}$/.test(override) ? Number(override) : 0
  return isPort(port)
    ? { value: port, mistakes: [] }
    : { value: undefined, mistakes: [{ path: "PORT", message: `expected ${portExpected}` }] }
}
