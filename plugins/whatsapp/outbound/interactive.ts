import { openBy, OpenWord } from "../../meta/input-schema.ts"
import { Buttons, List } from "./interactive/choices.ts"
import { CtaUrl, Flow, others } from "./interactive/actions.ts"
import { message } from "./message.ts"

/** Sends an interactive message, whose kind is `type`. */
export const interactive = message({
  id: "interactive",
  input: openBy({ type: OpenWord }, [Buttons, List, CtaUrl, Flow, ...others])
})
