import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Command from "effect/cli/Command"
import type { ProgramParts } from "../app/layer-factories.ts"
import { refusal } from "./refusal.ts"

/** `comporta lab`: runs the gateway, simulated providers and an example runtime in one process on this machine. */
export const lab = (parts: ProgramParts) =>
  Command.make("lab").pipe(
    Command.withDescription("Run everything locally with simulated providers"),
    Command.withHandler(() =>
      Effect.gen(function* () {
        const port = yield* Config.Port("PORT").pipe(Config.withDefault(8080))
        const { runLab } = yield* Effect.promise(() => import("../lab/lab.ts"))
        return yield* Effect.scoped(runLab(parts, port)).pipe(
          Effect.catchTag("BootRefused", refusal(parts.terminal)),
          Effect.provide(parts.log(true))
        )
      })
    )
  )
