import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Host } from "../../src/boot/host.ts"

/** A process that was started in an environment such as this one, and nothing beside. */
export const hostWith = (given: {
  readonly variables?: Readonly<Record<string, string>>
  readonly nodeArguments?: ReadonlyArray<string>
  readonly dotEnv?: string
}) =>
  Layer.succeed(
    Host,
    Host.of({
      variables: new Map(Object.entries(given.variables ?? {})),
      nodeArguments: given.nodeArguments ?? [],
      dotEnv: Effect.succeed(given.dotEnv)
    })
  )

export const quietHost = hostWith({})
