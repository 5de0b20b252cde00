import * as Effect from "effect/Effect"
import * as Command from "effect/cli/Command"
import { gateway } from "../app/gateway.ts"
import type { ProgramParts } from "../app/layer-factories.ts"
import { configFlag, readFile } from "./config-file.ts"
import { refusal } from "./refusal.ts"

/** `comporta serve`: runs the gateway until a signal. */
export const serve = (parts: ProgramParts) =>
  Command.make("serve", { config: configFlag }).pipe(
    Command.withDescription("Run the gateway"),
    Command.withHandler(({ config }) =>
      Effect.gen(function* () {
        const reading = yield* readFile(config)
        return yield* Effect.scoped(Effect.andThen(gateway(reading, parts.gateway), Effect.never)).pipe(
          Effect.provide(parts.log(reading.config.environment === "local"))
        )
      }).pipe(
        Effect.catchTag("BootRefused", (refused) =>
          refusal(parts.terminal)(refused).pipe(Effect.provide(parts.log(false)))
        )
      )
    )
  )
