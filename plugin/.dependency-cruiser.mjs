/** No file of the front end needs itself, over whatever others: types that two of them share have a file of their own. */
export default {
  forbidden: [{ name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } }],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'plugin/tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
}
