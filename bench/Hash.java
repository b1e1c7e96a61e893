import at.favre.lib.crypto.bcrypt.BCrypt;

/** Prints the median of the milliseconds that checking a password takes at a cost of bcrypt. */
class Hash {
    public static void main(String[] arguments) {
        int cost = Integer.parseInt(arguments[0]);
        byte[] hash = BCrypt.withDefaults().hash(cost, "bench-5ecret".getBytes());
        double[] times = new double[15];
        for (int i = -5; i < times.length; i++) {
            long begun = System.nanoTime();
            if (!BCrypt.verifyer().verify("bench-5ecret".getBytes(), hash).verified) {
                throw new IllegalStateException();
            }
            if (i >= 0) {
                times[i] = (System.nanoTime() - begun) / 1e6;
            }
        }
        java.util.Arrays.sort(times);
        System.out.printf("%.0f%n", times[times.length / 2]);
    }
}
