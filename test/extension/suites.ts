import './sessions.suite';
import './terminals.suite';
import './endings.suite';
import './tree.suite';
import './choosing.suite';
import './daemon.suite';
