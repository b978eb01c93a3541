import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { catalogueEntries } from '../../collector/src/classify/classify.ts'
import { reasonsPage } from '../../collector/src/classify/catalogue/reasons-page.ts'

/** Writes `docs/reasons.md` from the catalogue. A test says when the page is out of date. */
writeFileSync(join(import.meta.dirname, '../../docs/reasons.md'), reasonsPage(catalogueEntries()))
