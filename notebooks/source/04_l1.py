# %% [markdown] lang="ja" id="title"
# # 04　L1正則化
#
# L2正則化は重みを小さくしますが、ちょうど0にはしません。この課のL1正則化は、要らない重みを**ちょうど0**にし、どの特徴量を使うかを選びます。ただし、Kerasの`L1`をそのまま使うと0は1つも現れません。なぜでしょうか。どうすれば0になるでしょうか。実験で確かめます。
#
# **このノートブックを終えると、次のことができます。**
#
# - L1のひし形の図を描き、角で重みが0になる理由を説明する
# - Kerasの`L1`で本当の0が現れない理由を説明し、ソフトしきい値関数で0を得る
# - Kerasの`L1`とscikit-learnの`Lasso`の強さを換算する
# - 係数のパスを読み、正しい発見と誤った発見を数える
# - L1による特徴選択がうまくいかない場合を挙げる
#
# 時間の目安は、「発展」を除いて50分です。
# %% [markdown] lang="en" id="title"
# # 04 L1 regularization
#
# L2 regularization makes weights smaller, but none of them becomes 0. L1, the subject of this lesson, sets the weights you do not need to **exactly 0**, and in doing so picks the features to use. And yet, if you simply use Keras' `L1`, you will not find a single 0. Why not, and what does it take to get one? You will find out by experiment.
#
# **When you have finished this notebook, you can**
#
# - draw the diamond of L1 and explain why its corners make weights 0
# - explain why Keras' `L1` gives no true zeros, and get them with the soft threshold
# - convert between the strengths of Keras' `L1` and scikit-learn's `Lasso`
# - read a coefficient path, and count true and false discoveries
# - name situations in which feature selection by L1 fails
#
# Allow about 50 minutes, without the advanced part.

# %% id="set-up" tags=["set-up"]

# %% id="imports"
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.linear_model import Lasso, LinearRegression, Ridge

from coursekit import data, plots, training
from coursekit.exercises import check, quiz
from coursekit.language import text
from coursekit.penalties import SoftThreshold

# %% [markdown] lang="ja" id="story"
# ## 100個のセンサー、という話
#
# ある温室では、100個のセンサーの値からトマトの収穫量を予測しています。センサーは1個ごとに維持費がかかります。本当に収穫量に関係するのは10個だけらしいのですが、どの10個なのかは誰も知りません。
#
# そこで、予測モデルの重みを見ることにしました。ところが、どのセンサーの重みも0ではありません。「どれも少しずつ関係がある」と言われても、1個も外せません。欲しいのは、**「このセンサーは要らない」とはっきり言うモデル**、つまり重みがちょうど0になるモデルです。
#
# この課の問いは1つです。**要らない重みをちょうど0にするには、どうすればよいでしょうか。そして、残った重みは信じてよいのでしょうか。**
#
# 多くの重みが0であることを**スパース性**（sparsity、疎性とも）といい、使う特徴量を選ぶことを**特徴選択**（feature selection、特徴量選択、変数選択とも）といいます。
# %% [markdown] lang="en" id="story"
# ## A story about 100 sensors
#
# A greenhouse predicts its tomato harvest from the readings of 100 sensors. Every sensor costs money to maintain. Only 10 of them are said to have anything to do with the harvest, but nobody knows which 10.
#
# So the owners look at the weights of their model. Not one of them is 0. “Every sensor matters a little” is no help: nothing can be unplugged. What they want is a **model that says plainly “this sensor is not needed”**, a model in which that weight is exactly 0.
#
# This lesson has one question: **how do we make the weights we do not need exactly 0, and can we trust the ones that are left?**
#
# Having many weights that are 0 is called **sparsity**; choosing which features to use is called **feature selection**.

# %% [markdown] lang="ja" id="l2-question"
# ## 実験1　L2では0にならない
#
# 温室の代わりに、答えの分かっているデータを作ります。特徴量（feature）は100個で、すべて平均0、標準偏差1の正規乱数です。尺度がそろっているので、標準化（standardization）は要りません。目的変数に効くのは10個で、その重みの大きさは0.2から2までです。残りの90個の真の重みは0です。訓練データは200行で、標準偏差1のノイズがあります。テストデータにはノイズがないので、テストデータでの平均二乗誤差は、予測が真の値からどれだけ離れているかを表します。短く「真の値からの距離」と呼びますが、2乗の平均です。
#
# モデルは、いちばん単純な線形モデルです。隠れ層はありません。
#
# **予想してみよう**　ペナルティなしとL2とで、ちょうど0になる重みはそれぞれ何個あるでしょうか。
# %% [markdown] lang="en" id="l2-question"
# ## Experiment 1: L2 gives no zeros
#
# In place of the greenhouse we make data whose answer we know. There are 100 features, all of them normal random numbers with mean 0 and standard deviation 1. They share one scale, so no standardization is needed. 10 of them matter for the target, with weights between 0.2 and 2 in size; the true weights of the other 90 are 0. The 200 training rows contain noise with standard deviation 1. The test data have no noise, so the mean squared error on them says how far the predictions are from the truth. We call it the distance from the truth for short, though it is a mean of squares.
#
# The model is the simplest there is, a linear one with no hidden layer.
#
# **Make a guess.** How many weights will be exactly 0 without a penalty, and how many with L2?

# %% id="l2-model"
dataset = data.sparse_regression(seed=0)
x, y = dataset.train
truth = dataset.coefficients


def linear_model(optimizer, **options):
    first_weights = keras.initializers.GlorotUniform(seed=0)
    dense = keras.layers.Dense(1, kernel_initializer=first_weights, **options)
    model = keras.Sequential([keras.Input((100,)), dense])
    model.compile(optimizer=optimizer, loss="mean_squared_error")
    return model


def trained_weights(model, epochs):
    training.fit(model, x, y, epochs=epochs, batch_size=200, shuffle=False, progress=False)
    return model.get_weights()[0][:, 0]

# %% id="l2-fit"
free = trained_weights(linear_model(keras.optimizers.SGD(0.1)), 1000)
penalty = keras.regularizers.L2(0.2)
ridge = trained_weights(linear_model(keras.optimizers.SGD(0.1), kernel_regularizer=penalty), 1000)
fig, axes = plt.subplots(2, 1, figsize=(8, 5.6), layout="constrained")
plots.plot_weights(free, truth, ax=axes[0]).set_title("λ = 0", loc="left")
plots.plot_weights(ridge, truth, ax=axes[1]).set_title("L2, λ = 0.2", loc="left")
print("exact zeros:", np.sum(free == 0), "and", np.sum(ridge == 0))

# %% [markdown] lang="ja" id="l2-seen" claims="04-l2-gives-no-zeros"
# 青い点が推定した重み、橙色の輪が真の重みです。橙色の輪は10個しかないのに、青い点は100個あります。上の図（ペナルティなし）でも下の図（L2）でも、**ちょうど0の重みは0個**です。L2は重みを全体に縮めますが、要らない90個も小さな値のまま残ります。データと初期の重みを変えた6つのシードでも、すべて0個でした。この課には、セルの出力にはないのに「いくつかのシードで」と書いた数があります。どれも、同じ実験をシードを変えて繰り返した結果です（プロジェクトの`tests/claims`で測っています）。
#
# 前の課で見たとおり、L2のペナルティ$\lambda w^2$の勾配は$2\lambda w$です。重みが0に近づくと、引き戻す力も0に近づきます。最後のひと押しがないのです。
#
# それなら、**重みがどんなに小さくても同じ力で引く**ペナルティを使えばよさそうです。それがL1です。
# %% [markdown] lang="en" id="l2-seen" claims="04-l2-gives-no-zeros"
# Blue points are the estimated weights, orange rings the true ones. There are only 10 rings, but 100 points. In both figures, without a penalty (top) and with L2 (bottom), **not a single weight is exactly 0**. L2 shrinks all weights, but the 90 that are not needed stay, as small values. It was the same for all 6 seeds with other data and other initial weights. Where this lesson gives a result over several seeds that no cell prints, the same experiment was repeated with other seeds (in the project's `tests/claims`).
#
# As the previous lesson showed, the L2 penalty $\lambda w^2$ has the gradient $2\lambda w$. As a weight approaches 0, so does the force that pulls it back. The last push is missing.
#
# What we seem to need is a penalty that **pulls just as hard however small the weight is**. That penalty is L1.

# %% [markdown] lang="ja" id="diamond-question"
# ## 実験2　ひし形の角
#
# **L1正則化**は、重みの絶対値の和（L1ノルム、L1 norm）をデータ損失に加えます。L2正則化と並べてみましょう。
#
# $$\text{L1}:\ E(w) = L(w) + \lambda \sum_j \lvert w_j\rvert \qquad \text{L2}:\ E(w) = L(w) + \lambda \sum_j w_j^2$$
#
# $E(w)$は目的関数、$L(w)$はデータ損失（ここでは平均二乗誤差）、$w_j$は$j$番目の重み、$\lambda$は正則化の強さ（regularization strength）です。この線形モデルを**ラッソ回帰**（Lasso）、L2のものを**リッジ回帰**（ridge regression）といいます。
#
# 重みが2つだけのデータを200行作り、解がどこにあるかを描きます。特徴量どうしに相関はなく、真の重みは$0.4$と$-2$です。強さは、大きいほうの重み$w_2$が同じくらい縮むように、L2では$\lambda = 0.6$、L1では$\lambda = 1.5$としました。ここではscikit-learnに解いてもらいます。
#
# **予想してみよう**　L1のペナルティが同じ値になる点を結ぶと、どんな形になるでしょうか。解はその形のどこにあるでしょうか。
# %% [markdown] lang="en" id="diamond-question"
# ## Experiment 2: the corners of a diamond
#
# **L1 regularization** adds the sum of the weights' absolute values (the L1 norm) to the data loss. Here it is beside L2:
#
# $$\text{L1}:\ E(w) = L(w) + \lambda \sum_j \lvert w_j\rvert \qquad \text{L2}:\ E(w) = L(w) + \lambda \sum_j w_j^2$$
#
# $E(w)$ is the objective, $L(w)$ the data loss, here the mean squared error, $w_j$ the $j$-th weight, and $\lambda$ the regularization strength. This linear model is called the **Lasso**; with L2 it is **ridge regression**.
#
# We make 200 rows of data with just two weights, whose true values are $0.4$ and $-2$, and draw where the solution lies. The two features are not correlated. The strengths, $\lambda = 0.6$ for L2 and $\lambda = 1.5$ for L1, shrink the larger weight, $w_2$, by about the same amount. For the moment we let scikit-learn solve the problem.
#
# **Make a guess.** What shape do the points of equal L1 penalty form? And where on that shape will the solution be?

# %% id="diamond-run"
rng = np.random.default_rng(0)
x_two = rng.standard_normal((200, 2))
y_two = x_two @ [0.4, -2] + rng.standard_normal(200)
# scikit-learn's `alpha` is the number of rows times λ in Ridge (lesson 03), and λ / 2 in Lasso (see experiment 3).
l2_solution = Ridge(alpha=200 * 0.6).fit(x_two, y_two).coef_
l1_solution = Lasso(alpha=1.5 / 2).fit(x_two, y_two).coef_
fig, axes = plt.subplots(1, 2, figsize=(9.5, 5.4), layout="constrained")
plots.plot_penalty_geometry(x_two, y_two, l2_solution, "l2", ax=axes[0])
plots.plot_penalty_geometry(x_two, y_two, l1_solution, "l1", ax=axes[1])
print("no penalty:", LinearRegression().fit(x_two, y_two).coef_.round(2))
print("L2:", l2_solution.round(2), " L1:", l1_solution.round(2))

# %% [markdown] lang="ja" id="diamond-seen" claims="04-corners-give-zeros"
# 灰色の線はデータ損失の等高線で、緑の三角がいちばん低い点です。色の付いた形の縁では、ペナルティの値がどこも同じです。左のL2では円、右のL1では**ひし形**になります。解（丸い点）は、等高線が形にちょうど触れるところにあります。触れるところより内側へ進めばデータ損失が増え、外側へ進めばペナルティが増えるからです。
#
# - 円には角がありません。触れる点が軸の上に来るのは、特別な偶然のときだけです。L2は2つの重みを、どちらも6割ほどに縮めました。どちらも0に近づきますが、0ではありません。
# - ひし形には軸の上に**角**があります。尖っているので、等高線はさまざまな向きから同じ角に触れます。右の解では、$w_2$は左と同じくらい縮んだだけですが、$w_1$は**ちょうど0**です。
#
# データの違う10のシードで繰り返しても、L1の解では毎回$w_1$がちょうど0になり、L2の解では一度もなりませんでした。ただし、解がいつも角に来るわけではありません。真の重みを$2$と$-2$にすると、同じ強さのL1でも、10回ともどちらの重みも残ります。解はひし形の辺の上にあります。角に来るのは、データがその重みを0から押し出す力が、$\lambda$に届かないときです。
#
# 式でも見ておきましょう。重みが1つで、特徴量の二乗の平均が1のとき、ペナルティなしの解を$z$とすると、データ損失は$(w - z)^2$と定数の和になります。このときの解は次のとおりです。
#
# $$\text{L2}:\ w = \frac{z}{1 + \lambda} \qquad \text{L1}:\ w = S\left(z, \frac{\lambda}{2}\right), \quad S(z, t) = \operatorname{sign}(z)\,\max(\lvert z\rvert - t,\ 0)$$
#
# L2は$z$を同じ割合で縮めるだけです。L1は大きさから$t$を引き、$t$に届かないものはちょうど0にします。この$S$を**ソフトしきい値関数**（soft threshold、軟判定しきい値関数、ソフト閾値とも）といいます。$t$はしきい値です。
# %% [markdown] lang="en" id="diamond-seen" claims="04-corners-give-zeros"
# The gray lines are contours of the data loss; the green triangle is its lowest point. Along the edge of the colored shape the penalty has one value: that is a circle for L2 (left) and a **diamond** for L1 (right). The solution, the round point, is where a contour just touches the shape. Further in, the data loss would grow; further out, the penalty would.
#
# - A circle has no corners. The point of contact lies on an axis only by a rare accident. L2 shrank both weights to about six tenths. Both are closer to 0 now, and neither is 0.
# - A diamond has its **corners** on the axes. They stick out, so contours from many directions touch at the same corner. In the solution on the right, $w_2$ shrank about as much as on the left, but $w_1$ is **exactly 0**.
#
# Over 10 seeds with other data, $w_1$ was exactly 0 every time in the L1 solution, and never in the L2 solution. But the solution is not always at a corner. With true weights of $2$ and $-2$, the same strength of L1 leaves both weights in all 10 cases: the solution lies on an edge of the diamond. It is at a corner if the data push the weight away from 0 with a force of less than $\lambda$.
#
# Now as a formula. Take a single weight and a feature whose mean square is 1, and let $z$ be the solution without a penalty. The data loss is then $(w - z)^2$ plus a constant, and the solutions are
#
# $$\text{L2}:\ w = \frac{z}{1 + \lambda} \qquad \text{L1}:\ w = S\left(z, \frac{\lambda}{2}\right), \quad S(z, t) = \operatorname{sign}(z)\,\max(\lvert z\rvert - t,\ 0)$$
#
# L2 only scales $z$ down. L1 takes $t$ off its size, and whatever does not reach $t$ becomes exactly 0. The function $S$ is called the **soft threshold**; $t$ is its threshold.

# %% [markdown] lang="ja" id="ex-threshold" tags=["exercise"]
# ### 練習1　ソフトしきい値関数を作る
#
# 下の`z`のそれぞれの値に、しきい値`t = 0.5`のソフトしきい値関数を適用し、結果の配列を`answer`に入れてください。
#
# <details><summary>ヒント</summary>
#
# `np.sign`、`np.abs`、`np.maximum`を使って、上の式をそのまま書きます。
#
# </details>
# %% [markdown] lang="en" id="ex-threshold" tags=["exercise"]
# ### Exercise 1: build the soft threshold
#
# Apply the soft threshold with `t = 0.5` to each value in `z` below, and put the resulting array into `answer`.
#
# <details><summary>Hint</summary>
#
# Write the formula above as it stands, with `np.sign`, `np.abs` and `np.maximum`.
#
# </details>

# %% id="ex-threshold-answer" tags=["exercise"]
z, t = np.array([-2.0, -0.4, 0.0, 0.3, 0.8]), 0.5
answer = ...

# %% id="ex-threshold-solution" tags=["solution"]
answer = np.sign(z) * np.maximum(np.abs(z) - t, 0)

# %% id="ex-threshold-check" tags=["check"]
check("04-threshold", answer)

# %% [markdown] lang="ja" id="surprise-question"
# ## 実験3　KerasのL1で驚く
#
# 100個の特徴量に戻ります。Kerasでは`kernel_regularizer=keras.regularizers.L1(0.2)`と書くだけです。AdamとSGDで訓練し、同じ問題を別の方法で解くscikit-learnの`Lasso`と比べます。`Lasso`はデータ損失に½が付いた式を使うので、`alpha`は$\lambda$の半分です。
#
# **予想してみよう**　100個の重みのうち、ちょうど0になるのはそれぞれ何個でしょうか。
# %% [markdown] lang="en" id="surprise-question"
# ## Experiment 3: a surprise with Keras' L1
#
# Back to the 100 features. In Keras, all it takes is `kernel_regularizer=keras.regularizers.L1(0.2)`. We train with Adam and with SGD, and compare with scikit-learn's `Lasso`, which solves the same problem in another way. The formula of `Lasso` has a ½ before the data loss, so its `alpha` is half of $\lambda$.
#
# **Make a guess.** How many of the 100 weights will be exactly 0 in each case?

# %% id="surprise-run"
strength = 0.2
penalty = keras.regularizers.L1(strength)
adam = trained_weights(linear_model(keras.optimizers.Adam(0.01), kernel_regularizer=penalty), 2000)
sgd_model = linear_model(keras.optimizers.SGD(0.1), kernel_regularizer=penalty)
sgd = trained_weights(sgd_model, 2000)
lasso = Lasso(alpha=strength / 2, tol=1e-8).fit(x.astype("float64"), y.astype("float64")).coef_
plots.plot_weight_sizes({"L1, Adam": adam, "L1, SGD": sgd, "Lasso": lasso});

# %% [markdown] lang="ja" id="surprise-seen" claims="04-keras-l1-gives-no-zeros"
# 重みの大きさを大きい順に並べ、対数の目盛りで描きました。いちばん下の「0」が、ちょうど0の場所です。`Lasso`（緑の三角）では74個がちょうど0です。ところがKerasの`L1`では、Adam（青い丸）でもSGD（橙色の四角）でも**0個**です。小さな重みは並んでいても、0まで落ちたものはありません。シードを変えても、Kerasの0の個数はいつも0個、`Lasso`ではおよそ70個から85個でした。
#
# 「0.001より小さければ0とみなす」のはどうでしょうか。この実行では、Adamで21個、SGDで5個しか当てはまらず、`Lasso`の74個には届きません。しかも、しきい値を0.01にすれば個数は変わります。どの重みを0と呼ぶかを、解ではなく私たちが決めることになってしまいます。
#
# Kerasに誤りがあるわけではありません。原因は勾配降下法（gradient descent）にあります。`Lasso`では0になる重みを4つ選び、SGDの1歩ごとに見てみましょう。
# %% [markdown] lang="en" id="surprise-seen" claims="04-keras-l1-gives-no-zeros"
# The sizes of the weights are sorted, largest first, on a logarithmic scale; the “0” at the bottom is where exact zeros lie. With `Lasso` (green triangles), 74 weights are exactly 0. With Keras' `L1` it is **none at all**, neither with Adam (blue circles) nor with SGD (orange squares). There are plenty of small weights, but none has dropped to 0. With other seeds, too, the count for Keras was always 0, and for `Lasso` between about 70 and 85.
#
# Could we just call everything below 0.001 a zero? In this run that catches only 21 weights with Adam and 5 with SGD, far from the 74 of `Lasso`. And with a limit of 0.01 the counts would be different again. It would be us, not the solution, deciding which weights count as 0.
#
# There is no mistake in Keras. The reason lies in gradient descent. Let us pick four weights that are 0 in `Lasso`, and follow them step by step under SGD.

# %% id="zigzag-run"
watched = np.flatnonzero(lasso == 0)[:4]
steps = [sgd_model.get_weights()[0][watched, 0]]
for _ in range(8):
    steps.append(trained_weights(sgd_model, 1)[watched])
for step, values in enumerate(steps):
    print(f"step {step}:", "  ".join(f"{w:+.4f}" for w in values))

# %% [markdown] lang="ja" id="zigzag-seen" claims="04-gradient-steps-jump-over-zero"
# 4つの重みの、9回分の値です。1列が1つの重みです。どの重みも、0を通り越してプラスとマイナスの間を行き来しています。
#
# L1のペナルティ$\lambda \lvert w\rvert$の勾配は、$w > 0$なら$+\lambda$、$w < 0$なら$-\lambda$です。0に近づいても弱まりません。ですから、学習率を$\eta$とすると、ペナルティは1歩ごとに重みをいつも$\eta\lambda$だけ動かします。ここでは$0.1 \times 0.2 = 0.02$です（これにデータ損失の勾配の分が加わります）。0から0.003しか離れていない重みも、0.02引かれて反対側へ飛び越します。1歩か数歩で戻ってきて、また飛び越します。6つのシードのどれでも、SGDでは、`Lasso`で0になる重みの9割以上が20歩の間に符号を変え、どれも0から0.06以内にとどまっていました。**0の近くで跳ね続けるが、0には止まらない**のです。
#
# 数学の言葉では、$\lvert w\rvert$は0で微分できません。Kerasの`L1`は、0では0という1つの**劣勾配**（subgradient）を使います。0に着地すればよいのですが、飛び跳ねる歩幅では、ぴったり着地することがありません。
# %% [markdown] lang="en" id="zigzag-seen" claims="04-gradient-steps-jump-over-zero"
# Here are the four weights at 9 moments; each column is one weight. Every one of them goes back and forth across 0, plus to minus and back.
#
# The gradient of the L1 penalty $\lambda \lvert w\rvert$ is $+\lambda$ where $w > 0$ and $-\lambda$ where $w < 0$. It gets no weaker near 0. So in each step the penalty moves a weight by the same $\eta\lambda$, where $\eta$ is the learning rate: here that is $0.1 \times 0.2 = 0.02$ (the gradient of the data loss adds its share). A weight only 0.003 away from 0 is still pulled by 0.02, and lands on the other side. A step or a few later it comes back, and over it goes again. For each of the 6 seeds, more than nine in ten of the weights that are 0 in `Lasso` changed their sign within 20 steps of SGD, and all of them stayed within 0.06 of 0. They **keep hopping around 0 and never come to rest on it**.
#
# In the language of mathematics, $\lvert w\rvert$ has no derivative at 0. There, Keras' `L1` uses 0, one of its **subgradients**. That would be fine if a weight ever landed on 0, but hops of this length do not land there.

# %% [markdown] lang="ja" id="ex-alpha" tags=["exercise"]
# ### 練習2　強さを換算する
#
# Kerasで`L1(0.3)`と平均二乗誤差を使うのと同じ解を、scikit-learnの`Lasso`で求めます。`alpha`をいくつにすればよいでしょうか。
#
# $$\text{Keras}:\ \frac{1}{n}\sum_i (y_i - \hat{y}_i)^2 + \lambda \sum_j \lvert w_j\rvert \qquad \text{Lasso}:\ \frac{1}{2n}\sum_i (y_i - \hat{y}_i)^2 + \alpha \sum_j \lvert w_j\rvert$$
#
# $n$は訓練データの行数、$y_i$は正しい値、$\hat{y}_i$は予測です。
#
# <details><summary>ヒント</summary>
#
# 全体を何倍しても、最小になる場所は変わりません。左の式を右の式の形にするには、何倍すればよいでしょうか。
#
# </details>
# %% [markdown] lang="en" id="ex-alpha" tags=["exercise"]
# ### Exercise 2: convert the strength
#
# You use `L1(0.3)` and the mean squared error in Keras, and want the same solution from scikit-learn's `Lasso`. Which `alpha` do you need?
#
# $$\text{Keras}:\ \frac{1}{n}\sum_i (y_i - \hat{y}_i)^2 + \lambda \sum_j \lvert w_j\rvert \qquad \text{Lasso}:\ \frac{1}{2n}\sum_i (y_i - \hat{y}_i)^2 + \alpha \sum_j \lvert w_j\rvert$$
#
# $n$ is the number of training rows, $y_i$ the right value and $\hat{y}_i$ the prediction.
#
# <details><summary>Hint</summary>
#
# Multiplying the whole formula by a number does not move its minimum. Which number turns the left formula into the shape of the right one?
#
# </details>

# %% id="ex-alpha-answer" tags=["exercise"]
answer = ...

# %% id="ex-alpha-solution" tags=["solution"]
answer = 0.3 / 2

# %% id="ex-alpha-check" tags=["check"]
check("04-alpha", answer)

# %% [markdown] lang="ja" id="soft-question"
# ## 実験4　ソフトしきい値関数で本当の0を得る
#
# 飛び越すのが問題なら、0を越える前に止めましょう。データ損失の勾配だけで1歩進み、そのあとで重みにソフトしきい値関数を適用します。
#
# $$w \leftarrow S\left(w - \eta \nabla L(w),\ \eta\lambda\right)$$
#
# $\nabla L(w)$はデータ損失の勾配、$\eta$は学習率です。しきい値は$\eta\lambda$で、先ほどペナルティが1歩で動かしていた距離と同じです。これを**近接勾配法**（proximal gradient method）といいます。
#
# Kerasには、更新のたびに重みへ関数を適用する仕組みがあります。**制約**（constraint）です。coursekitの`SoftThreshold`を`kernel_constraint`に渡し、`kernel_regularizer`は使いません。
#
# **予想してみよう**　今度は0がいくつ現れるでしょうか。`Lasso`と同じ重みが0になるでしょうか。
# %% [markdown] lang="en" id="soft-question"
# ## Experiment 4: true zeros with the soft threshold
#
# If jumping over 0 is the trouble, let us stop at 0. We take a step along the gradient of the data loss alone, and then apply the soft threshold to the weights:
#
# $$w \leftarrow S\left(w - \eta \nabla L(w),\ \eta\lambda\right)$$
#
# $\nabla L(w)$ is the gradient of the data loss, $\eta$ the learning rate. The threshold $\eta\lambda$ is just the distance by which the penalty moved a weight in each step above. This is called the **proximal gradient method**.
#
# Keras has a place for a function that is applied to the weights after each update: a **constraint**. We pass coursekit's `SoftThreshold` as `kernel_constraint`, and no `kernel_regularizer`.
#
# **Make a guess.** How many zeros will there be now? And will they be the same weights as in `Lasso`?

# %% id="soft-run"
constraint = SoftThreshold(strength, learning_rate=0.1)
soft = trained_weights(linear_model(keras.optimizers.SGD(0.1), kernel_constraint=constraint), 1500)
plots.plot_weights(soft, truth)
print("exact zeros:", np.sum(soft == 0), " in Lasso:", np.sum(lasso == 0))
print("the same weights:", np.array_equal(soft == 0, lasso == 0))
print("largest difference below 1e-5:", np.abs(soft - lasso).max() < 1e-5)

# %% [markdown] lang="ja" id="soft-seen" claims="04-soft-threshold-equals-lasso"
# 74個の重みが**ちょうど0**になりました。`Lasso`で0になる74個と1つ残らず同じで、ほかの重みとの差も0.00001未満です。6つのシードのどれでも同じ結果でした。Kerasの中で、本物のラッソ回帰が解けたのです。
#
# 実験1の図と比べてください。青い点は26個に減りました。そのうち10個は輪のある特徴量のもので、残りの16個は、ほとんどが0のすぐ近くの小さな重みです。輪のある10個はどうでしょうか。L1は、残す重みも0のほうへ引きます。ほかの特徴量と相関がなければ、引く量は重みの大きさによらず$\lambda / 2 = 0.1$です。ですから、小さい重みほど大きな割合を失います。この実行では、真の重みが0.2の特徴量97は0.043になりました。残りは5分の1ほどです。2の特徴量20は1.92で、ほとんど減っていません。平均では0.15ほど0に近くなりましたが、1つずつ見ればノイズも混ざります。特徴量12は、$-1.6$に対して$-1.62$と、わずかに0から遠ざかりました。シードを変えると、10個のうち6個以上が輪より0に近く、近づいた幅の平均は0.05から0.2ほどでした。
#
# この方法には条件があります。**バッチは全データ、モーメンタム（momentum、慣性とも）なしのSGD、一定の学習率、勾配の打ち切りなし**。AdamやミニバッチではLassoの解になりません。詳しくは次の「発展」にあります。
# %% [markdown] lang="en" id="soft-seen" claims="04-soft-threshold-equals-lasso"
# 74 weights are now **exactly 0**. They are the very 74 that are 0 in `Lasso`, and the other weights differ by less than 0.00001. All 6 seeds gave the same result. We have solved the true Lasso inside Keras.
#
# Compare with the figures of experiment 1: only 26 blue points are left. 10 of them belong to features with a ring; the other 16 are small weights, most of them very close to 0. And the 10 with a ring? L1 pulls the weights that it keeps toward 0, too. Without correlation to other features, it takes the same amount off each, $\lambda / 2 = 0.1$, whatever its size. So the smaller a weight, the larger the share that it loses. In this run, feature 97 with a true weight of 0.2 is left with 0.043, about a fifth; feature 20 with a true weight of 2 still has 1.92. On average the 10 moved toward 0 by about 0.15, but noise has a say in each single one: feature 12 is at $-1.62$ instead of $-1.6$, a little further from 0. With other seeds, 6 or more of the 10 were closer to 0 than their rings, by 0.05 to 0.2 on average.
#
# The method has conditions: **full batches, SGD without momentum, a constant learning rate, no gradient clipping**. With Adam or mini-batches you do not get the Lasso solution. The advanced part below says more.

# %% [markdown] lang="ja" id="soft-advanced"
# ### 発展　ソフトしきい値関数が正しく働く条件
#
# <details><summary>開く</summary>
#
# `SoftThreshold`がラッソ回帰の解を与えるのは、次の条件が成り立つときだけです。それぞれ、破ったときに何が起こるかをcoursekitのテストで確かめてあります。
#
# | 条件 | 破ると |
# |---|---|
# | バッチは全データ | 勾配のノイズが重みを0から持ち上げ、0が大きく減る |
# | オプティマイザはSGD | Adamは重みごとに歩幅が違うので、別の問題の解になる |
# | モーメンタムを`momentum`で伝える | モーメンタムが$\beta$のとき、$\lambda(1 - \beta)$の解になる |
# | 学習率を変えず、同じ値を伝える | オプティマイザの学習率だけを半分にすると、$2\lambda$の解になる |
# | 学習率が大きすぎない | 発散することがある |
# | 勾配の打ち切りなし | `clipvalue`が$\lambda$より小さいと、すべての重みが0になる |
# | 勾配を累積しない（`gradient_accumulation_steps`を使わない） | 累積している間にもしきい値が働き、縮めすぎる |
#
# 学習率は$1/(2\mu_{\max})$より小さければ安全です。$\mu_{\max}$は行列$X^\top X/n$の最大の固有値で、$X$は訓練データの特徴量を並べた行列です。ここでは上限が0.16ほどなので、0.1を使いました。
#
# 確率の言葉では、L1は重みの**事前分布**（prior distribution）をラプラス分布としたときの**最大事後確率推定**（MAP estimation）に当たります。ノイズの標準偏差を$\sigma$、ラプラス分布の幅を$b$とすると、$\lambda = 2\sigma^2/(nb)$です。ラプラス分布は0で尖っていて、ひし形の角に対応します。
#
# </details>
# %% [markdown] lang="en" id="soft-advanced"
# ### Advanced: when the soft threshold works
#
# <details><summary>Open</summary>
#
# `SoftThreshold` gives the Lasso solution only under the conditions below. For each of them, a test of coursekit shows what happens without it.
#
# | condition | otherwise |
# |---|---|
# | full batches | noise in the gradient lifts weights off 0, and far fewer zeros are left |
# | the optimizer is SGD | Adam takes a step of its own for each weight and solves another problem |
# | momentum is passed as `momentum` | with a momentum of $\beta$, you get the solution for $\lambda(1 - \beta)$ |
# | the learning rate is constant, and passed as it is | halve it in the optimizer only, and you get the solution for $2\lambda$ |
# | the learning rate is not too large | training may diverge |
# | no gradient clipping | a `clipvalue` below $\lambda$ makes all weights 0 |
# | no gradient accumulation (`gradient_accumulation_steps`) | the threshold acts in between as well and shrinks too much |
#
# A learning rate below $1/(2\mu_{\max})$ is safe, where $\mu_{\max}$ is the largest eigenvalue of the matrix $X^\top X/n$ and $X$ the matrix of the training features. The limit here is about 0.16, and we used 0.1.
#
# In the language of probability, L1 is **MAP estimation** with a Laplace **prior distribution** on the weights. With $\sigma$ for the standard deviation of the noise and $b$ for the scale of the Laplace distribution, $\lambda = 2\sigma^2/(nb)$. The Laplace distribution has a sharp peak at 0: the counterpart of the diamond's corner.
#
# </details>

# %% [markdown] lang="ja" id="path-question"
# ## 実験5　λを動かす：係数のパス
#
# $\lambda = 0.2$は、たまたま選んだ値でした。大きい$\lambda$から小さい$\lambda$まで30個の値で解き、それぞれの重みがどう変わるかを1枚の図にします。[03](03_l2.ipynb)でも描いた**係数のパス**（coefficient path、解パス、正則化パスとも）です。直前の解を次の出発点にする（ウォームスタート）ので、1つの$\lambda$に300歩しかかかりません。
#
# 同時に検証データでの誤差も測り、それが最小になる$\lambda$を選びます。
#
# **予想してみよう**　$\lambda$を小さくしていくと、重みはどんな順番で0から離れるでしょうか。検証データで選んだ$\lambda$では、ちょうど10個の特徴量が残るでしょうか。
# %% [markdown] lang="en" id="path-question"
# ## Experiment 5: moving λ along a coefficient path
#
# The value $\lambda = 0.2$ was just a choice. Now we solve the problem for 30 values, from a large $\lambda$ down to a small $\lambda$, and put the course of every weight into one figure: the **coefficient path**, as in [03](03_l2.ipynb). Each solution is the starting point of the next (a warm start), so 300 steps per value of $\lambda$ are enough.
#
# We also measure the error on the validation data, and choose the $\lambda$ for which it is lowest.
#
# **Make a guess.** As $\lambda$ gets smaller, in what order will the weights leave 0? And with the $\lambda$ chosen on the validation data, will exactly 10 features be left?

# %% id="path-run"
strengths = np.geomspace(3, 0.03, 30)
constraint = SoftThreshold(strengths[0], learning_rate=0.1)
model = linear_model(keras.optimizers.SGD(0.1), kernel_constraint=constraint)
path, validation_errors = [], []
for strength in strengths:
    constraint.l1 = strength
    path.append(trained_weights(model, 300))
    validation_errors.append(training.evaluate(model, *dataset.validation)["data_loss"])
path, chosen = np.array(path), int(np.argmin(validation_errors))
informative = truth != 0
plots.plot_coefficient_path(strengths, path, informative, chosen=strengths[chosen]);

# %% id="path-discoveries"
plots.plot_discoveries(strengths, path, informative, chosen=strengths[chosen]);

# %% [markdown] lang="ja" id="path-seen" claims="04-path-equals-lasso 04-best-prediction-keeps-too-many"
# 1枚目が係数のパスです。右端の大きな$\lambda$では、ほとんどの重みが0です。左へ進むと、まず大きな真の重みをもつ特徴量（青い実線）が1つずつ0を離れ、$\lambda$が小さくなると、効かない特徴量（灰色の破線）も次々に0を離れます。30個の$\lambda$のどこでも、0の場所は`Lasso`と同じで、重みの差は0.00001未満でした。
#
# 2枚目は発見の数です。重みが0でない特徴量のうち、本当に効くものが**正しい発見**（青い丸）、効かないものが**誤った発見**（橙色の四角）です。点線の、検証データで選んだ$\lambda$では、効く10個がすべて見つかっています。しかし、効かない特徴量も、それよりずっと多く残っています（いくつあるかは練習3で数えます）。右へ進むと誤った発見は減りますが、このデータでは$\lambda = 0.3$のあたりから、今度は効く特徴量まで消え始めます。右端で残るのは、効く10個のうち3個だけです。
#
# 選び方の失敗でしょうか。予測の成績も見てみましょう。6つのシードのそれぞれで、L1とL2の$\lambda$を30個の値から検証データで選び、真の値からの距離をテストデータで1回測ります。解くのはscikit-learnです。Kerasの`SoftThreshold`と同じ解が速く求まります。
#
# **予想してみよう**　真の値にいちばん近いのは、ペナルティなし、L2、L1のどれでしょうか。
# %% [markdown] lang="en" id="path-seen" claims="04-path-equals-lasso 04-best-prediction-keeps-too-many"
# The first figure is the coefficient path. At the right edge, where $\lambda$ is large, almost all weights are 0. Going left, features with large true weights (solid blue) leave 0 first, one after another; as $\lambda$ gets small, features that do not matter (dashed gray) follow in numbers. For all 30 values of $\lambda$ the zeros are those of `Lasso`, and the weights differ by less than 0.00001.
#
# The second figure counts discoveries. Among the features whose weight is not 0, those that really matter are **true discoveries** (blue circles), the rest **false discoveries** (orange squares). At the $\lambda$ chosen on the validation data, the dotted line, all 10 features that matter have been found. But far more features that do not matter are there as well (you will count them in exercise 3). Further to the right the false discoveries go away, but with these data, from about $\lambda = 0.3$ on, features that matter begin to vanish, too. At the right edge only 3 of the 10 are left.
#
# Was it a bad choice? Let us look at the predictions. For each of 6 seeds we choose $\lambda$ from 30 values on the validation data, for L1 and for L2, and measure the distance from the truth on the test data, once. We let scikit-learn do it, which finds the solution of Keras' `SoftThreshold` quickly.
#
# **Make a guess.** Which will be closest to the truth: no penalty, L2 or L1?

# %% id="distances-choose"
def chosen_on_validation_data(seed):
    dataset = data.sparse_regression(seed=seed)
    x, y = (part.astype("float64") for part in dataset.train)

    def error(model, part):
        return np.mean((model.predict(part.x) - part.y) ** 2)

    def best(candidates):
        return min(candidates, key=lambda model: error(model, dataset.validation))

    ridge = best([Ridge(alpha=200 * l2).fit(x, y) for l2 in np.geomspace(3, 0.003, 30)])
    lasso = best([Lasso(alpha=l1 / 2).fit(x, y) for l1 in strengths])
    models = {text("no_penalty"): LinearRegression().fit(x, y), "L2": ridge, "L1": lasso}
    distances = {name: error(model, dataset.test) for name, model in models.items()}
    return distances | {text("false_discoveries"): np.sum(lasso.coef_[dataset.coefficients == 0] != 0)}


# %% id="distances-table"
pd.DataFrame([chosen_on_validation_data(seed) for seed in range(6)]).agg(["mean", "std"]).round(2)

# %% [markdown] lang="ja" id="distances-seen" claims="04-best-prediction-keeps-too-many"
# 予測としては大成功です。真の値からの距離は、ペナルティなしが1.05 ± 0.29、L2が0.90 ± 0.19で、L1は0.22 ± 0.05です（6つのシードの平均と標準偏差。シードはデータのすべてを変えます）。効く特徴量が少ないという事情に、L1がぴったり合っているのです。
#
# ところが、同じL1のモデルに、誤った発見が平均で25.0 ± 5.4個もあります。図に描いたシード0は、6つの中でいちばん多いデータでした。個数はデータによって大きく変わりますが、別のシードでも平均は20個前後で、たいていは正しい発見よりも多くなります。予測の順位、つまりL1、L2、ペナルティなしの順も、平均では変わりません。L1の距離は、どのシードでもL2の半分より小さくなりました。余分な特徴量が残るのは、**予測に最適な$\lambda$と、特徴選択に最適な$\lambda$が違う**からです。誤った発見をなくすほど$\lambda$を大きくすると、効く重みまで0のほうへ引かれて予測が悪くなり、効く特徴量が消えることもあります。$\lambda$を小さくすれば予測はよくなりますが、ごく小さい重みがたくさん残ります。
#
# この課の問いの後半への答えです。**残った重みは「効く」証拠ではなく、消えた重みも「効かない」証拠ではありません。**
# %% [markdown] lang="en" id="distances-seen" claims="04-best-prediction-keeps-too-many"
# As a prediction it is a great success. The distance from the truth is 1.05 ± 0.29 without a penalty, 0.90 ± 0.19 with L2, and 0.22 ± 0.05 with L1 (mean and standard deviation over 6 seeds; a seed changes all of the data). L1 is made for a situation in which few features matter.
#
# And yet these very L1 models have 25.0 ± 5.4 false discoveries. Seed 0, the one in the figure, has the most of the six. The number varies a lot with the data, but with other seeds, too, it is around 20 on average and, as a rule, larger than that of the true discoveries. Nor does the order of the predictions change on average: L1, then L2, then no penalty. For each seed, the distance of L1 was less than half that of L2. Superfluous features stay because **the best $\lambda$ for prediction is not the best $\lambda$ for feature selection**. Make $\lambda$ large enough to be rid of the false discoveries, and the weights that matter are pulled toward 0 as well, which spoils the prediction; some of them may even vanish. Make $\lambda$ smaller, and the prediction improves, but many tiny weights remain.
#
# This answers the second half of our question: **a weight that is left does not prove that a feature matters, and a weight that is gone does not prove that it does not.**

# %% [markdown] lang="ja" id="ex-false" tags=["exercise"]
# ### 練習3　誤った発見を数える
#
# 検証データで選んだ$\lambda$での重みは`path[chosen]`です。このとき、誤った発見はいくつあるでしょうか。`truth`は真の重みです。
#
# <details><summary>ヒント</summary>
#
# 「推定した重みが0でない」と「真の重みが0」が、同時に成り立つ特徴量を数えます。2つの条件は`&`で結びます。
#
# </details>
# %% [markdown] lang="en" id="ex-false" tags=["exercise"]
# ### Exercise 3: count false discoveries
#
# The weights for the $\lambda$ chosen on the validation data are `path[chosen]`. How many false discoveries are among them? The true weights are in `truth`.
#
# <details><summary>Hint</summary>
#
# Count the features for which two things hold at once: the estimated weight is not 0, and the true weight is 0. Join the two conditions with `&`.
#
# </details>

# %% id="ex-false-answer" tags=["exercise"]
answer = ...

# %% id="ex-false-solution" tags=["solution"]
answer = np.sum((path[chosen] != 0) & (truth == 0))

# %% id="ex-false-check" tags=["check"]
check("04-false", answer, path[chosen], truth)

# %% [markdown] lang="ja" id="ex-select" tags=["exercise"]
# ### 練習4　センサーを選ぶ
#
# 温室の主人は、要らないセンサーを買いたくありません。誤った発見が2個以下で、正しい発見が8個以上になる$\lambda$を見つけて`l1`に入れてください。次のセルが、その強さで訓練します。
#
# <details><summary>ヒント</summary>
#
# 発見の数の図で、橙色が2以下、青が8以上になるところを探しましょう。横軸は対数の目盛りです。
#
# </details>
# %% [markdown] lang="en" id="ex-select" tags=["exercise"]
# ### Exercise 4: choose the sensors
#
# The owners of the greenhouse do not want to pay for useless sensors. Find a $\lambda$ with at most 2 false and at least 8 true discoveries, and put it into `l1`. The next cell trains with that strength.
#
# <details><summary>Hint</summary>
#
# In the figure of discoveries, look for a place where orange is at most 2 and blue at least 8. The horizontal axis is logarithmic.
#
# </details>

# %% id="ex-select-answer" tags=["exercise"]
l1 = ...

# %% id="ex-select-solution" tags=["solution"]
l1 = 0.5

# %% id="ex-select-train"
answer = ...
if l1 is not ...:
    constraint = SoftThreshold(l1, learning_rate=0.1)
    model = linear_model(keras.optimizers.SGD(0.1), kernel_constraint=constraint)
    answer = trained_weights(model, 1500)

# %% id="ex-select-check" tags=["check"]
check("04-select", answer, truth)

# %% [markdown] lang="ja" id="ex-select-note" claims="04-selection-costs-prediction"
# 条件に合う$\lambda$は、検証データで選んだ値よりずっと大きくなります。シードを変えても、$\lambda = 0.5$では、誤った発見は多くて3個、正しい発見は8個以上でした。その代わり、真の値からの距離は、どのシードでも、検証データで選んだ場合の2倍を超えました。平均では4倍ほどです。実務では、L1で特徴量を選んだあと、選んだ特徴量だけで訓練し直すことがあります。
# %% [markdown] lang="en" id="ex-select-note" claims="04-selection-costs-prediction"
# Any $\lambda$ that passes is far larger than the one chosen on the validation data. With $\lambda = 0.5$, other seeds, too, had at most 3 false and at least 8 true discoveries. The price: a distance from the truth more than twice that of the choice by validation data for each seed, and about 4 times on average. In practice, people sometimes use L1 to select features and then train anew with these features alone.

# %% [markdown] lang="ja" id="hidden-question"
# ## 実験6　隠れ層では、0の重みは特徴選択ではない
#
# 線形モデルでは、1つの特徴量に1つの重みがありました。隠れ層があると、1つの特徴量から**ユニットの数だけ**重みが出ています。16ユニットの隠れ層をもつネットワークで、最初の層に`SoftThreshold`を付けてみます。
#
# **予想してみよう**　重みの70%以上が0になったとします。使われなくなる特徴量は、100個のうち何個くらいでしょうか。
# %% [markdown] lang="en" id="hidden-question"
# ## Experiment 6: in a hidden layer, a zero weight selects no feature
#
# In the linear model, each feature had one weight. With a hidden layer, each feature has **as many weights as there are units**. We take a network with one hidden layer of 16 units and put `SoftThreshold` on its first layer.
#
# **Make a guess.** Suppose more than 70% of the weights are 0. How many of the 100 features will no longer be used?

# %% id="hidden-run"
model = keras.Sequential([
    keras.Input((100,)),
    keras.layers.Dense(
        16,
        activation="relu",
        kernel_initializer=keras.initializers.GlorotUniform(seed=0),
        kernel_constraint=SoftThreshold(0.05, learning_rate=0.05),
    ),
    keras.layers.Dense(1, kernel_initializer=keras.initializers.GlorotUniform(seed=1)),
])
model.compile(optimizer=keras.optimizers.SGD(0.05), loss="mean_squared_error")
training.fit(model, x, y, epochs=1000, batch_size=200, shuffle=False, progress=False)
kernel = model.get_weights()[0]
plots.plot_zero_pattern(kernel)
print(f"weights that are 0: {np.mean(kernel == 0):.0%}")
print("features without any weight:", np.sum(np.all(kernel == 0, axis=1)))

# %% [markdown] lang="ja" id="hidden-seen" claims="04-zero-weights-select-no-feature"
# 横1列が1つのユニット、縦1列が1つの特徴量で、青い四角が0でない重みです。図はほとんど空白です。シードを変えても、重みの3分の2から80%あまりがちょうど0になりました。ところが、重みが**全部**0になった特徴量は、ほとんどのシードで1つもなく、あっても数個です。真の重みが0の特徴量は90個もあるのに、です。
#
# 空白は横に並んでいます。どの特徴量も使わない「空の」ユニットが16個のうち9個から12個あり、残りのユニットは、100個の特徴量のうち、1ユニットあたり平均で70個ほどを使っています。L1は特徴量ではなく、ユニットを減らしたのです。
#
# ある特徴量を使わないと言えるのは、その特徴量から出る重みが**1列丸ごと**0のときだけです。L1は重みを1つずつ見るので、列をそろえて0にする理由がありません。そのためのペナルティはグループラッソ（group lasso）と呼ばれます。「重みの80%が0だから、特徴量の80%は不要」と読まないでください。
# %% [markdown] lang="en" id="hidden-seen" claims="04-zero-weights-select-no-feature"
# Each row of the figure is a unit, each column a feature, and each blue square a weight that is not 0. Most of it is empty: with other seeds, too, between two thirds and a little over 80% of the weights became exactly 0. And yet for most seeds there was no feature **all** of whose weights are 0, and never more than a few, although 90 features have a true weight of 0.
#
# The empty space lies in rows. Between 9 and 12 of the 16 units use no feature at all; each of the rest uses, on average, about 70 of the 100 features. What L1 removed were units, not features.
#
# We can say that a feature is not used only if **its entire column** of weights is 0. L1 looks at one weight at a time and has no reason to clear a whole column. The penalty made for that is called the group lasso. So do not read “80% of the weights are 0” as “80% of the features are useless”.

# %% [markdown] lang="ja" id="twins-question"
# ## 実験7　よく似た特徴量があるとき
#
# 温室には、同じ場所にセンサーが2つ付いていることもあります。いちばん効く特徴量を、少しだけ違う2つのコピーに置き換えてみましょう。コピーどうしの相関係数は約0.99です。このような**相関のある特徴量**（correlated features）は、実際のデータにはよくあります。
#
# 200行の訓練データから、重複を許して200行を引き直すこと（再標本抽出、resampling）を40回行い、そのたびに`Lasso`で解きます。Kerasの`SoftThreshold`と同じ解が速く求まるからです。
#
# **予想してみよう**　2つのコピーの重みは、40回とも似た値になるでしょうか。
# %% [markdown] lang="en" id="twins-question"
# ## Experiment 7: features that resemble each other
#
# Sometimes a greenhouse has two sensors in the same place. We replace the feature that matters most by two copies of it that differ only slightly; the correlation between the copies is about 0.99. Such **correlated features** are common in real data.
#
# From the 200 training rows we draw 200 rows with replacement (resampling), 40 times, and each time solve the problem with `Lasso`, which finds the solution of Keras' `SoftThreshold` quickly.
#
# **Make a guess.** Will the weights of the two copies be similar in all 40 cases?

# %% id="twins-run"
rng = np.random.default_rng(0)
strongest = np.abs(truth).argmax()
copies = x[:, [strongest]] + 0.1 * rng.standard_normal((200, 2))
with_copies = np.hstack([np.delete(x, strongest, axis=1), copies]).astype("float64")
pairs = []
for _ in range(40):
    rows = rng.integers(0, 200, 200)
    pairs.append(Lasso(alpha=0.2 / 2).fit(with_copies[rows], y[rows]).coef_[-2:])
pairs = np.array(pairs)
labels = text("first_copy_weight"), text("second_copy_weight")
plots.plot_weight_pairs(pairs[:, 0], pairs[:, 1], *labels);

# %% [markdown] lang="ja" id="twins-seen" claims="04-correlated-features-are-split-by-chance"
# 1つの点が1回の引き直しです。点は、2つの重みの**和**が一定の破線に沿って並んでいます。和はほとんど動きません。シードを変えても、和の標準偏差は0.15未満でした。ところが、コピー1の重みだけを見ると、たいていのシードで、標準偏差は和の標準偏差の2.5倍を超えます。この実行では、片方がちょうど0になること（橙色の四角）も、40回のうち6回ありました。まれに、引き直しても片方がほとんどいつも0になるデータもあります。
#
# 「どちらか一方があればよい」というデータなので、分け方を決めるものがありません。L1は、行の選ばれ方という偶然でどちらかに偏ります。「コピー2の重みが0だから、そのセンサーは要らない」と言えば、次の年のデータでは逆の結論になるかもしれません。予測に問題はありませんが、**選ばれた特徴量を原因と読むことはできません**。
#
# 次の課では、L2を少し混ぜて、似た特徴量に重みを分け合わせます。Elastic Net（エラスティックネット）です。
# %% [markdown] lang="en" id="twins-seen" claims="04-correlated-features-are-split-by-chance"
# Each point is one resampling. The points line up along the dashed line, on which the **sum** of the two weights is constant. The sum hardly moves: with other seeds, too, its standard deviation was below 0.15. The weight of copy 1 alone, however, has for most seeds a standard deviation more than 2.5 times that of the sum. In this run, one of the two was even exactly 0 (orange squares) in 6 of the 40 cases. With a few data sets, one and the same copy gets 0 nearly every time.
#
# One copy is as good as the other, so nothing in the data decides how to share the weight. L1 leans one way or the other by chance, depending on which rows were drawn. Say “the weight of copy 2 is 0, so we can do without that sensor”, and next year's data may well say the opposite. The predictions are fine, but **you cannot read the selected features as causes**.
#
# In the next lesson we mix in a little L2, so that similar features share their weight. That is the Elastic Net.

# %% [markdown] lang="ja" id="quiz-title"
# ## クイズ
#
# 答えだと思う選択肢を押すと、説明が開きます。ほかの選択肢の説明も読んでみてください。
# %% [markdown] lang="en" id="quiz-title"
# ## Quiz
#
# Click the option you think is right and its explanation opens. The explanations of the others are worth reading too.

# %% id="quiz" tags=["quiz", "hide-input"]
quiz("04")

# %% [markdown] lang="ja" id="summary"
# ## まとめ
#
# - **L1正則化**は、データ損失に$\lambda\sum_j \lvert w_j\rvert$を加えます。引く力が0の近くでも弱まらず、ひし形の角で重みがちょうど0になります。
# - Kerasの`L1`をAdamやSGDで訓練しても、重みは0を飛び越し続け、ちょうど0にはなりません。
# - SGDの1歩ごとにソフトしきい値関数を適用すれば本当の0になり、scikit-learnの`Lasso`と同じ解になります。`L1(λ)`は`Lasso(alpha=λ/2)`に当たります。
# - 効く特徴量が少ないデータでは、L1の予測はL2よりずっと真の値に近くなります。ただし、予測に最適な$\lambda$では余分な特徴量も残ります。
# - 隠れ層では、0の重みの割合だけを見ても、使われていない特徴量があるかどうかは分かりません。1つの特徴量から出る重みが全部0のときだけ、使っていないと言えます。
# - 似た特徴量に重みがどう分かれるかは、偶然で決まります。
#
# 前の課は[03　L2正則化](03_l2.ipynb)です。次の課は[05　Elastic Net](05_elastic_net.ipynb)です。L1とL2を組み合わせます。
#
# ## もっと知りたい人へ
#
# - Kerasのページ：[重みの正則化](https://keras.io/api/layers/regularizers/)、[重みの制約](https://keras.io/api/layers/constraints/)
# - R. Tibshirani (1996). Regression shrinkage and selection via the lasso. Journal of the Royal Statistical Society, Series B 58, 267–288.
# - I. Daubechies, M. Defrise, C. De Mol (2004). An iterative thresholding algorithm for linear inverse problems with a sparsity constraint. Communications on Pure and Applied Mathematics 57, 1413–1457. [arXiv:math/0307152](https://arxiv.org/abs/math/0307152)
# - N. Meinshausen, P. Bühlmann (2006). High-dimensional graphs and variable selection with the lasso. Annals of Statistics 34, 1436–1462. [arXiv:math/0608017](https://arxiv.org/abs/math/0608017)（予測に最適なλが余分な特徴量を残すことの理論）
# - M. Yuan, Y. Lin (2006). Model selection and estimation in regression with grouped variables. Journal of the Royal Statistical Society, Series B 68, 49–67.
# %% [markdown] lang="en" id="summary"
# ## Summary
#
# - **L1 regularization** adds $\lambda\sum_j \lvert w_j\rvert$ to the data loss. Its pull gets no weaker near 0, and at the corners of the diamond weights are exactly 0.
# - Train Keras' `L1` with Adam or SGD, and the weights keep jumping over 0; they are never exactly 0.
# - Apply the soft threshold after each step of SGD, and you get true zeros and the solution of scikit-learn's `Lasso`. `L1(λ)` corresponds to `Lasso(alpha=λ/2)`.
# - Where few features matter, L1 predicts far closer to the truth than L2. But the best $\lambda$ for prediction keeps superfluous features as well.
# - In a hidden layer, the share of zero weights alone does not tell whether any feature is unused. A feature is unused only if all of its weights are 0.
# - How the weight is shared between similar features is a matter of chance.
#
# The previous lesson is [03 L2 regularization](03_l2.ipynb). The next one, [05 Elastic Net](05_elastic_net.ipynb), combines L1 and L2.
#
# ## Read more
#
# - On Keras' pages: [weight regularizers](https://keras.io/api/layers/regularizers/), [weight constraints](https://keras.io/api/layers/constraints/)
# - R. Tibshirani (1996). Regression shrinkage and selection via the lasso. Journal of the Royal Statistical Society, Series B 58, 267–288.
# - I. Daubechies, M. Defrise, C. De Mol (2004). An iterative thresholding algorithm for linear inverse problems with a sparsity constraint. Communications on Pure and Applied Mathematics 57, 1413–1457. [arXiv:math/0307152](https://arxiv.org/abs/math/0307152)
# - N. Meinshausen, P. Bühlmann (2006). High-dimensional graphs and variable selection with the lasso. Annals of Statistics 34, 1436–1462. [arXiv:math/0608017](https://arxiv.org/abs/math/0608017) (the theory of why the λ that predicts best keeps superfluous features)
# - M. Yuan, Y. Lin (2006). Model selection and estimation in regression with grouped variables. Journal of the Royal Statistical Society, Series B 68, 49–67.
