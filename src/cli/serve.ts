import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { gateway } from "../app.ts"
import { BootRefused, failed } from "../boot/report.ts"
import { type ConfigMistakes, sentence } from "../config/mistakes.ts"
import { readConfig } from "../config/read.ts"
import type { ProgramParts } from "../parts.ts"
import { refusal } from "./refusal.ts"

const override = (name: string) =>
  Config.String(name).pipe(
    Config.option,
    Effect.map(Option.getOrUndefined),
    Effect.catch(() => Effect.undefined)
  )

/** `comporta serve`: the gateway, until a signal. */
export const serve = (parts: ProgramParts) =>
  Command.make("serve", {
    config: Flag.String("config").pipe(
      Flag.withAlias("c"),
      Flag.withDefault("comporta.yaml"),
      Flag.withDescription("the operator's file")
    )
  }).pipe(
    Command.withDescription("Run the gateway"),
    Command.withHandler(({ config }) =>
      Effect.gen(function* () {
        const port = yield* override("PORT")
        const environment = yield* override("COMPORTA_ENV")
        const reading = yield* readConfig(config, {
          ...(port === undefined ? {} : { port }),
          ...(environment === undefined ? {} : { environment })
        }).pipe(Effect.mapError(asRefusal))
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

/** A mistake in the file is a failed check like any other. */
const asRefusal = ({ file, mistakes }: ConfigMistakes) =>
  new BootRefused({ checks: mistakes.map((mistake) => failed("config", sentence(file, mistake), "correct the file")) })
