import { inputs } from 'pipelogic';
import { egress } from 'pipelogic/http';

egress('out', { encode: value => [{ text: JSON.stringify(inputs[0].toJson(value)) }] });
