package cloud.welkin.network.work;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.doctor.Invariant;
import cloud.welkin.kernel.work.Reconciler;
import cloud.welkin.network.domain.PortRow;
import java.util.List;

/** No network at all, for simulated hosts: whatever is bound works at once. */
public final class SimulatedBackbone implements Backbone {
    @Override
    public void changed(Tx tx) {}

    @Override
    public String statusWhenBound() {
        return PortRow.ACTIVE;
    }

    @Override
    public List<Agent> agents(Tx tx) {
        return List.of();
    }

    @Override
    public List<Invariant> invariants() {
        return List.of();
    }

    @Override
    public List<Reconciler> reconcilers() {
        return List.of();
    }
}
