import { killSeries } from '../support/kill-series.ts'
import type { Bench } from './bench.ts'
import { sizeOf } from './figures.ts'

/** `kill -9` at random moments while a real API server takes events: what is lost, what is double. */
export const bench: Bench = {
  description: 'kill -9 under load: lost and doubled (EVENTLOOM_BENCH_KILLS, EVENTLOOM_BENCH_RATE)',
  async run() {
    const [kills, rate] = [sizeOf('EVENTLOOM_BENCH_KILLS', 100), sizeOf('EVENTLOOM_BENCH_RATE', 200)]
    const { lost, doubled, ...figures } = await killSeries(kills, rate)
    return { kills, eventsPerSecond: rate, lost: lost.length, doubled: doubled.length, ...figures }
  },
}
