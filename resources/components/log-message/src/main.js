import { inputs, run } from 'pipelogic';

run(value => {
  process.stdout.write(`${JSON.stringify(inputs[0].toJson(value))}\n`);
});
