import './sessions.suite';
import './terminals.suite';
import './choosing.suite';
import './daemon.suite';
