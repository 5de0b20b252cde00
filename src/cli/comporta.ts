import * as Config from "effect/Config"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { checkBoot } from "../app/check.ts"
import { gateway } from "../app/gateway.ts"
import type { ProgramParts } from "../app/layer-factories.ts"
import { formatReport, shownChecks } from "../boot/report.ts"
import { codes, configFlag, Ended, readToStart, refusal } from "./common.ts"
import { explainCommand } from "./explain.ts"
import { forgetCommand } from "./forget.ts"
import { goNoGoCommand } from "./go-no-go.ts"
import { redriveCommand, replayCommand } from "./redrive-replay.ts"
import { resolveCommand } from "./resolve.ts"
import { size } from "./size.ts"
import { store } from "./store.ts"
import { verifyBuild } from "./verify-build.ts"

/** `comporta serve`: runs the gateway until a signal. */
const serve = (parts: ProgramParts) =>
  Command.make("serve", { config: configFlag }).pipe(
    Command.withDescription("Run the gateway"),
    Command.withHandler(({ config }) =>
      Effect.gen(function* () {
        const reading = yield* readToStart(config)
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

/** `comporta check`: runs every boot check but the port's, without serving. Exits with 0 or 78. */
const check = (parts: ProgramParts) =>
  Command.make("check", {
    config: configFlag,
    json: Flag.Boolean("json").pipe(
      Flag.withDefault(false),
      Flag.withDescription("print the report as one line of JSON")
    )
  }).pipe(
    Command.withDescription("Run every boot check and exit"),
    Command.withHandler(({ config, json }) =>
      Effect.gen(function* () {
        const reading = yield* readToStart(config)
        const checks = yield* Effect.scoped(checkBoot(reading, parts.gateway))
        yield* Console.log(
          json ? JSON.stringify({ event: "boot.validated", checks: shownChecks(checks) }) : formatReport(checks)
        )
      }).pipe(Effect.catchTag("BootRefused", refusal(parts.terminal && !json)), Effect.provide(parts.log(false)))
    )
  )

/** `comporta lab`: runs the gateway, simulated providers and an example runtime in one process on this machine. */
const lab = (parts: ProgramParts) =>
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

/** Runs the program `comporta` with the given command line. */
export const comporta = (parts: ProgramParts, args: ReadonlyArray<string>) => {
  const root = Command.make("comporta").pipe(
    Command.withDescription("Run and operate a gateway between an application and message providers"),
    Command.withSubcommands([
      serve(parts),
      check(parts),
      store(parts),
      size(parts),
      goNoGoCommand,
      explainCommand,
      resolveCommand,
      redriveCommand,
      replayCommand,
      forgetCommand,
      verifyBuild,
      lab(parts)
    ])
  )
  return Command.runWith(root, { version: parts.gateway.version })(args).pipe(
    Effect.catchTag("ShowHelp", ({ errors }) =>
      Effect.andThen(
        errors.length === 0 ? Console.error("comporta: expected a subcommand") : Effect.void,
        Effect.fail(new Ended({ code: codes.wrongCommandLine }))
      )
    )
  )
}
