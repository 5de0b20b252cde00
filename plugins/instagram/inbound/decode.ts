import { decodeEntries } from "../../meta/messaging/entries.ts"
import { decodeChange } from "./comments.ts"
import { words } from "./names.ts"

/** Increased when an identity rule of this connector changes (G12). */
export const identityVersion = 1

/** Decodes every event of one webhook, of either variant of the Instagram API. Source: META 5.2. */
export const decode = decodeEntries({ words, change: decodeChange })
