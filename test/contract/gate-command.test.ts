// The gate that runs a command keeps the contract, with one slot and with several.
import { gateBench } from '../gate/bench-of-gates.ts';
import { gateContract } from './gate.contract.ts';

gateContract('command', () => gateBench());
gateContract('command, three slots,', () => gateBench(3));
