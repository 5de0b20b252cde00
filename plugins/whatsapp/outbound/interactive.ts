import { OpenWord, openBy } from "../../meta/open-schema.ts"
import { Buttons } from "./interactive/buttons.ts"
import { CtaUrl } from "./interactive/cta-url.ts"
import { Flow } from "./interactive/flow.ts"
import { List } from "./interactive/list.ts"
import { others } from "./interactive/other.ts"
import { message } from "./message.ts"

/** Sends an interactive message, whose kind is `type`. */
export const interactive = message({
  id: "interactive",
  input: openBy({ type: OpenWord }, [Buttons, List, CtaUrl, Flow, ...others])
})
