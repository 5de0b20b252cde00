import type { Media } from "../../src/connector/media.ts"
import { download } from "./media/download.ts"
import { check, maxBytes, upload } from "./media/upload.ts"
import type { Account, Settings } from "./settings.ts"

export const media: Media<Settings, Account> = { maxBytes, check, upload, download }
