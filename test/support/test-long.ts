import { close, runVitest } from './suites.ts'

close(await runVitest(['long'], { EVENTLOOM_LONG: '1' }))
