import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Flag from "effect/cli/Flag"
import { BootRefused, failed } from "../boot/report.ts"
import { type ConfigMistakes, sentence } from "../config/mistakes.ts"
import { readConfig } from "../config/read.ts"

export const configFlag = Flag.String("config").pipe(
  Flag.withAlias("c"),
  Flag.withDefault("comporta.yaml"),
  Flag.withDescription("the configuration file; comporta.yaml unless given")
)

const override = (name: string) =>
  Config.String(name).pipe(
    Config.option,
    Effect.map(Option.getOrUndefined),
    Effect.catch(() => Effect.undefined)
  )

/** Converts each mistake in the configuration file to a failed boot check. */
const asRefusal = ({ file, mistakes }: ConfigMistakes) =>
  new BootRefused({ checks: mistakes.map((mistake) => failed("config", sentence(file, mistake), "correct the file")) })

/** Reads the configuration file. The variables `PORT` and `COMPORTA_ENV` override its values. */
export const readFile = Effect.fnUntraced(function* (path: string) {
  const port = yield* override("PORT")
  const environment = yield* override("COMPORTA_ENV")
  return yield* readConfig(path, {
    ...(port === undefined ? {} : { port }),
    ...(environment === undefined ? {} : { environment })
  }).pipe(Effect.mapError(asRefusal))
})
