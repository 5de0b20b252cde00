import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Command from "effect/cli/Command"
import type { ProgramParts } from "../app/layer-factories.ts"
import { check } from "./check.ts"
import { codes, Ended } from "./exit.ts"
import { forgetCommand } from "./forget.ts"
import { lab } from "./lab.ts"
import { resolveCommand } from "./resolve.ts"
import { redriveCommand } from "./redrive.ts"
import { replayCommand } from "./replay.ts"
import { serve } from "./serve.ts"
import { size } from "./size.ts"
import { store } from "./store.ts"

/** Runs the program `comporta` with the given command line. */
export const comporta = (parts: ProgramParts, args: ReadonlyArray<string>) => {
  const root = Command.make("comporta").pipe(
    Command.withDescription("A connector gateway: in once, out once, and in doubt it stays shut"),
    Command.withSubcommands([
      serve(parts),
      check(parts),
      store(parts),
      size(parts),
      resolveCommand,
      redriveCommand,
      replayCommand,
      forgetCommand,
      lab(parts)
    ])
  )
  return Command.runWith(root, { version: parts.gateway.version })(args).pipe(
    Effect.catchTag("ShowHelp", ({ errors }) =>
      Effect.andThen(
        errors.length === 0 ? Console.error("comporta: name a subcommand") : Effect.void,
        Effect.fail(new Ended({ code: codes.wrongCommandLine }))
      )
    )
  )
}
