import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Host, type VariableFile } from "../../src/boot/host.ts"

/** Makes the host of a process that was started with only the given variables and arguments. */
export const hostWith = (given: {
  readonly variables?: Readonly<Record<string, string>>
  readonly nodeArguments?: ReadonlyArray<string>
  readonly variableFiles?: ReadonlyArray<VariableFile>
  readonly isContained?: boolean
  readonly mount?: "own" | "shared" | "unknown"
}) =>
  Layer.succeed(
    Host,
    Host.of({
      variables: new Map(Object.entries(given.variables ?? {})),
      nodeArguments: given.nodeArguments ?? [],
      libraries: [],
      isInspected: Effect.succeed(false),
      preloadsLibraries: Effect.succeed(false),
      isContained: Effect.succeed(given.isContained ?? false),
      mountOf: () => Effect.succeed(given.mount ?? "unknown"),
      variableFiles: Effect.succeed(given.variableFiles ?? [])
    })
  )

export const quietHost = hostWith({})
